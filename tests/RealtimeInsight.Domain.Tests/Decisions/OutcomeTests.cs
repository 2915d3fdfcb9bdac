using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Tests.Kit;

namespace RealtimeInsight.Domain.Tests.Decisions;

public sealed class OutcomeTests
{
    private const string Reminder = "\"rules\":[{\"id\":\"reminder\",\"on\":\"cart_abandoned\",\"action\":\"reminder\"}]";
    private const string WinBack = "\"rules\":[{\"id\":\"win-back\",\"on\":\"dormancy_reached\",\"action\":\"a\"}]";
    private const string Thanks = "\"rules\":[{\"id\":\"offer\",\"on\":\"searched\",\"action\":\"a\"}]";

    [Theory]
    [InlineData("add a@10; wait 2h; order a@10", "reminder recovered 10@120m")]
    [InlineData("add a@10; wait 2h; add b; order a@10 b@5", "reminder recovered 15@120m")]
    [InlineData("add a; wait 2h; add b", "")]
    [InlineData("add a; wait 30d", "reminder not_recovered 0@10140m")]
    [InlineData("add a; wait 2h; order other", "")]
    [InlineData("add a; wait 8d; order a", "reminder not_recovered 0@10140m")]
    [InlineData("add a; wait 2h; order a; order a; wait 30d", "reminder recovered 0@120m")]
    [InlineData("add a; wait 7d+59m; order a@3", "reminder recovered 3@10139m")]
    [InlineData("add a; wait 7d+1h; order a@3", "reminder not_recovered 0@10140m")]
    public void CartDecisions_AreRecoveredByTheOrderOfTheirCart(string script, string outcomes) =>
        Assert.Equal(outcomes, new Acting(Reminder).Do(script).OutcomeLog);

    [Theory]
    [InlineData("browse; wait 8d; browse", "win-back recovered 0@11520m")]
    [InlineData("browse; wait 8d; identify; message_opened", "")]
    [InlineData("browse; wait 8d; order value=12", "win-back recovered 0@11520m")]
    [InlineData("browse; wait 20d", "win-back not_recovered 0@20160m")]
    public void DormancyDecisions_AreRecoveredByTheReturn(string script, string outcomes) =>
        Assert.Equal(outcomes, new Acting(WinBack).Do(script).OutcomeLog);

    [Theory]
    [InlineData("searched; wait 1h; order value=12", "offer recovered 12@60m")]
    [InlineData("searched; order value=12", "")]
    [InlineData("searched; wait 10d", "offer not_recovered 0@10080m")]
    public void OtherDecisions_AreRecoveredByALaterOrder(string script, string outcomes) =>
        Assert.Equal(outcomes, new Acting(Thanks).Do(script).OutcomeLog);

    [Fact]
    public void HeldOut_IsFollowedLikeTheTreated()
    {
        var held = Enumerable.Range(0, 1_000).Select(static i => CustomerId.FromUser($"c{i}"))
            .First(static id => DecisionMaker.HoldOutDraw(id, "s") < 0.5);
        var policy = "\"hold_out\":{\"fraction\":0.5,\"salt\":\"s\"}," + Reminder;

        var ordered = new Acting(policy, held).Do("add a@10; wait 2h; order a@10");
        Assert.Equal("reminder suppressed hold_out cart:1@60m", ordered.Log);
        Assert.Equal("reminder recovered 10@120m", ordered.OutcomeLog);
        Assert.Equal("reminder not_recovered 0@10140m", new Acting(policy, held).Do("add a; wait 30d").OutcomeLog);
    }

    [Fact]
    public void OtherSuppressions_AreNotFollowed()
    {
        var acting = new Acting(
            "\"consent_required\":true," + Reminder.Replace("\"action\"", "\"consent\":\"x\",\"action\"", StringComparison.Ordinal))
            .Do("add a; wait 2h; order a; wait 30d");
        Assert.Equal("reminder suppressed no_consent cart:1@60m", acting.Log);
        Assert.Empty(acting.Outcomes);
    }

    [Fact]
    public void AttributionWindow_OfThePolicy_IsUsed()
    {
        var acting = new Acting("\"attribution_window\":\"1h\"," + Reminder).Do("add a; wait 2h; order a");
        Assert.Equal("reminder not_recovered 0@120m", acting.OutcomeLog);
    }
}
