using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Tests.Kit;

namespace RealtimeInsight.Domain.Tests.Decisions;

/// <summary>Treatments that quiet hours put off. The scenario starts on Monday 2026-03-02 at 09:00 UTC.</summary>
public sealed class DeferralTests
{
    private const string Night = "\"quiet_hours\":{\"from\":\"21:30\",\"to\":\"08:00\"},";
    private const string Reminder = "{\"id\":\"reminder\",\"on\":\"cart_abandoned\",\"action\":\"reminder\"}";

    [Fact]
    public void AbandonedAtNight_FiresInTheMorning()
    {
        // 22:00 added, 23:00 abandoned and put off, 08:00 given.
        var acting = Under(Reminder).Do("browse; wait 13h; add a").DoUntil("2026-03-03T12:00:00Z");

        Assert.Equal("reminder deferred quiet_hours cart:1@840m\nreminder decided none cart:1@1380m", acting.Log);
        Assert.Single(acting.Decisions.Select(static decision => decision.Id).Distinct());
        Assert.Equal(Make.At("2026-03-03T08:00:00Z"), new((long)acting.Decisions[0].ReadRecord()["due_at_ms"]!));
        Assert.Equal("decision_due", (string)acting.Decisions[1].ReadRecord()["trigger"]!["name"]!);
        Assert.True(acting.Decisions[1].IsAction && !acting.Decisions[0].IsAction);
    }

    [Fact]
    public void AbandonedByDay_FiresAtOnce()
    {
        Assert.Equal("reminder decided none cart:1@60m", Under(Reminder).Do("add a; wait 1d").Log);
    }

    [Theory]
    // Berlin: 22:00 UTC is 23:00 there in winter; the morning is 07:00 UTC.
    [InlineData("Europe/Berlin", "2026-03-02T20:30:00Z", "2026-03-03T07:00:00Z")]
    // The night to summer time: 08:00 is 06:00 UTC. Over midnight, from the day before.
    [InlineData("Europe/Berlin", "2026-03-28T21:00:00Z", "2026-03-29T06:00:00Z")]
    [InlineData("Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T06:00:00Z")]
    // The night to winter time: 08:00 is 07:00 UTC.
    [InlineData("Europe/Berlin", "2026-10-24T20:00:00Z", "2026-10-25T07:00:00Z")]
    [InlineData("America/New_York", "2026-07-01T02:00:00Z", "2026-07-01T12:00:00Z")]
    [InlineData("Nowhere/Atlantis", "2026-07-01T22:00:00Z", "2026-07-02T08:00:00Z")]
    public void AbandonedInTheCustomersNight_FiresInTheCustomersMorning(string zone, string abandonedAt, string givenAt)
    {
        var addedAt = Make.At(abandonedAt) - TimeSpan.FromHours(1);
        var acting = Under(Reminder).Do($"identify zone={zone}").DoUntil(addedAt.ToString()).Do("add a").DoUntil("2026-12-01T00:00:00Z");

        Assert.Equal(["deferred", "decided"], acting.Decisions.Select(static decision => (string)decision.ReadRecord()["status"]!));
        Assert.Equal((Make.At(abandonedAt), Make.At(givenAt)), (acting.Decisions[0].DecidedAt, acting.Decisions[1].DecidedAt));
    }

    [Theory]
    [InlineData("order a")]
    [InlineData("add b")]
    [InlineData("remove a")]
    public void CartTakenUpMeanwhile_IsDropped(string meanwhile)
    {
        var acting = Under(Reminder).Do($"browse; wait 13h; add a; wait 2h; {meanwhile}").DoUntil("2026-03-03T00:30:00Z");
        acting.Do("browse").DoUntil("2026-03-03T00:55:00Z").Do("browse; wait 30m");
        Keep(acting, "2026-03-03T08:00:00Z");

        Assert.Equal("reminder dropped conditions_changed cart:1@1380m", acting.Log.Split('\n')[1]);
        Assert.DoesNotContain(acting.Decisions, static decision => decision.IsAction);
    }

    [Fact]
    public void ConditionsThatNoLongerHold_DropIt()
    {
        var rule = "{\"id\":\"r\",\"on\":\"session_ended\",\"when\":\"orders = 0\",\"action\":\"a\"}";
        var acting = Under(rule).Do("browse; wait 13h; browse; wait 2h; order value=5").DoUntil("2026-03-04T12:00:00Z");
        Assert.Contains("r dropped conditions_changed session:2@1380m", acting.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"on\":\"session_ended\"", "browse", "session:2")]
    [InlineData("\"on\":\"session_ended\",\"once_per\":\"cart\"", "add a", "cart:1")]
    [InlineData("\"on\":\"order_completed\"", "order value=5", "session:2")]
    [InlineData("\"on\":\"order_completed\",\"once_per\":\"cart\"", "add a; order a", "cart:1")]
    [InlineData("\"on\":\"cart_converted\"", "add a; order a", "cart:1")]
    [InlineData("\"on\":\"payment_failed\",\"once_per\":\"ever\"", "fail", "ever")]
    [InlineData("\"on\":\"cart_added\"", "add a", "cart:1")]
    public void OtherTriggers_SurviveTheNight(string triggers, string script, string episode)
    {
        var acting = Under($"{{\"id\":\"r\",{triggers},\"action\":\"a\"}}").Do($"browse; wait 13h; {script}")
            .DoUntil("2026-03-03T12:00:00Z");
        var ofEpisode = acting.Decisions.Where(decision => decision.Entry.Episode == episode).ToArray();
        Assert.Equal(["deferred", "decided"], ofEpisode.Select(static decision => (string)decision.ReadRecord()["status"]!));
        Assert.Equal(Make.At("2026-03-03T08:00:00Z"), ofEpisode[1].DecidedAt);
    }

    [Fact]
    public void Dormancy_AtNight_WaitsAndIsDroppedWhenTheCustomerReturns()
    {
        const string WinBack = "{\"id\":\"win-back\",\"on\":\"dormancy_reached\",\"action\":\"a\",\"once_per\":\"ever\"}";
        var stays = Under(WinBack).Do("wait 13h; browse").DoUntil("2026-03-10T12:00:00Z");
        Assert.Equal("win-back deferred quiet_hours ever@10860m\nwin-back decided none ever@11460m", stays.Log);

        var returns = Under(WinBack).Do("wait 13h; browse").DoUntil("2026-03-09T23:00:00Z").Do("browse").DoUntil("2026-03-10T12:00:00Z");
        Assert.Equal("win-back deferred quiet_hours ever@10860m\nwin-back dropped conditions_changed ever@11460m", returns.Log);
    }

    [Fact]
    public void Reactivation_AtNight_IsWelcomedInTheMorning()
    {
        var acting = Under("{\"id\":\"welcome\",\"on\":\"reactivated\",\"action\":\"a\"}")
            .Do("wait 13h; browse; wait 8d; browse; wait 12h");
        Assert.Equal(["deferred", "decided"], acting.Decisions.Select(static decision => (string)decision.ReadRecord()["status"]!));
    }

    [Fact]
    public void TwoDeferredForOneMorning_TheHigherPriorityIsGiven_TheOtherDropped()
    {
        const string Low = "{\"id\":\"low\",\"on\":\"searched\",\"action\":\"a\",\"once_per\":\"ever\"}";
        const string High = "{\"id\":\"high\",\"on\":\"ad_clicked\",\"action\":\"a\",\"once_per\":\"ever\",\"priority\":1}";
        var acting = Under($"{Low},{High}").Do("wait 13h; searched; ad_clicked").DoUntil("2026-03-05T12:00:00Z");

        Assert.Equal(
            "low deferred quiet_hours ever@780m\nhigh deferred quiet_hours ever@780m\n"
            + "high decided none ever@1380m\nlow dropped lower_priority ever@1380m",
            acting.Log);
        Assert.DoesNotContain(acting.State.Ledger!.Entries, static entry => entry.Status == DecisionStatus.Deferred);
    }

    [Fact]
    public void CapAndConsent_AreCheckedAgainInTheMorning()
    {
        const string Rule = "{\"id\":\"r\",\"on\":\"searched\",\"action\":\"a\",\"once_per\":\"ever\",\"consent\":\"marketing\"}";
        const string Urgent = "{\"id\":\"urgent\",\"on\":\"payment_failed\",\"action\":\"a\",\"ignore_quiet_hours\":true}";
        var withdrawn = Under(Rule).Do("wait 13h; searched; wait 1h; consent_changed withdraw=marketing; wait 12h");
        Assert.Equal("r deferred quiet_hours ever@780m\nr suppressed no_consent ever@1380m", withdrawn.Log);

        var cooling = new Acting(Night + $"\"cool_down\":\"24h\",\"rules\":[{Rule},{Urgent}]")
            .Do("wait 13h; searched; wait 1h; fail; wait 12h");
        Assert.Equal(
            "r deferred quiet_hours ever@780m\nurgent decided none session:2@840m\nr suppressed cool_down ever@1380m", cooling.Log);
    }

    [Fact]
    public void AnotherZoneMeanwhile_WaitsForTheNewMorning()
    {
        var acting = Under(Reminder).Do("wait 13h; add a; wait 2h; identify zone=America/New_York").DoUntil("2026-03-04T00:00:00Z");
        Assert.Equal(
            "reminder deferred quiet_hours cart:1@840m\nreminder deferred quiet_hours cart:1@1380m\nreminder decided none cart:1@1680m",
            acting.Log);
    }

    [Fact]
    public void RuleIsGone_IsDropped_AndAPolicyOfAnotherNameKeepsTheId()
    {
        var before = Under(Reminder).Do("wait 13h; add a; wait 2h");
        var (gone, renamed) = (Continued("\"rules\":[]"), Continued("\"name\":\"other\",\"rules\":[" + Reminder + "]"));

        Assert.Equal("dropped conditions_changed", gone);
        Assert.Equal("decided none", renamed);

        string Continued(string policy)
        {
            var state = Fold.Copy(before.State);
            var effects = new Domain.Customers.EffectBuffer();
            var morning = Make.At("2026-03-03T08:00:00Z");
            Fold.Machine.AdvanceTo(state, morning, effects);
            var output = new DecisionOutput();
            new DecisionMaker(Acting.Parse(policy)).Decide(state, effects.Span, null, morning, null, output);
            var decision = Assert.Single(output.Decisions);
            Assert.Equal(before.Decisions[0].Id, decision.Id);
            Assert.Single(state.Ledger!.Entries);
            return $"{decision.ReadRecord()["status"]} {decision.ReadRecord()["reason"]}";
        }
    }

    private static Acting Under(string rules) => new(Night + $"\"rules\":[{rules}]");

    /// <summary>Keeps the customer active until a moment, so that no cart is abandoned again.</summary>
    private static void Keep(Acting acting, string until)
    {
        while (acting.Scenario.Now < Make.At(until)) acting.Do("browse; wait 10m");
    }
}
