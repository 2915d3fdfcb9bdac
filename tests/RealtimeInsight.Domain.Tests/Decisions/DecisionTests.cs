using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Tests.Kit;

namespace RealtimeInsight.Domain.Tests.Decisions;

public sealed class DecisionTests
{
    [Theory]
    [InlineData("\"on\":\"cart_abandoned\"", "add a; wait 2h; add a; wait 2h", "r decided none cart:1@60m")]
    [InlineData(
        "\"on\":\"session_ended\"", "browse; wait 1h; browse; wait 1h", "r decided none session:1@30m\nr decided none session:2@90m")]
    [InlineData("\"on\":\"session_started\"", "browse; wait 1h; browse", "r decided none session:1@0m\nr decided none session:2@60m")]
    [InlineData(
        "\"on\":\"product_viewed\"", "view a; view b; wait 1h; view c", "r decided none session:1@0m\nr decided none session:2@60m")]
    [InlineData("\"on\":\"product_viewed\"", "add a; view b; wait 40m; view b", "r decided none cart:1@0m")]
    [InlineData("\"on\":\"product_viewed\",\"once_per\":\"ever\"", "view a; wait 30d; view a", "r decided none ever@0m")]
    [InlineData(
        "\"on\":\"product_viewed\",\"once_per\":\"day\"", "view a; wait 15h; view a",
        "r decided none day:2026-03-02@0m\nr decided none day:2026-03-03@900m")]
    [InlineData("\"on\":\"product_viewed\",\"once_per\":\"cart\"", "view a; add a; view b", "r decided none cart:1@0m")]
    [InlineData("\"on\":\"any_event\",\"once_per\":\"session\"", "identify; identify", "r decided none session:0@0m")]
    public void OncePer_NamesTheEpisode(string rule, string script, string log) =>
        Assert.Equal(log, new Acting($"\"rules\":[{{\"id\":\"r\",{rule},\"action\":\"a\"}}]").Do(script).Log);

    [Fact]
    public void DormancyEpisodes_AreOneForEachLevelOfEachSpell()
    {
        var acting = new Acting("\"rules\":[{\"id\":\"r\",\"on\":\"dormancy_reached\",\"action\":\"a\"}]")
            .Do("browse; wait 40d; browse; wait 8d");
        Assert.Equal(3, acting.Decisions.Count(static decision => decision.IsAction));
        Assert.Equal(3, acting.Decisions.Select(static decision => decision.Entry.Episode).Distinct().Count());
    }

    [Fact]
    public void EffectsThatTheSameTurnUndid_DoNotTrigger()
    {
        // One turn after a pause: the session ended, the cart was abandoned, the customer dormant, and then all of it was over.
        const string Rules = "\"rules\":[{\"id\":\"s\",\"on\":\"session_ended\",\"action\":\"a\"},"
            + "{\"id\":\"c\",\"on\":[\"cart_abandoned\",\"cart_at_risk\"],\"action\":\"a\"},"
            + "{\"id\":\"d\",\"on\":\"dormancy_reached\",\"action\":\"a\"}]";
        var acting = new Acting(Rules).Do("add a");
        acting.Scenario.Apply(Make.Event(EventKind.CartAdded, Make.Start + Make.Span("10d"), "late", new ProductLine("b")));

        Assert.Equal("", acting.Log);
        Assert.Equal(EffectKind.CartRecovered, acting.Scenario.Effects.Span[^1].Kind);
    }

    [Fact]
    public void Dormancy_OfAllLevelsInOneTurn_DecidesForTheLast()
    {
        var acting = new Acting("\"rules\":[{\"id\":\"d\",\"on\":\"dormancy_reached\",\"action\":\"a\"}]").Do("browse");
        var effects = new EffectBuffer();
        var now = Make.Start + Make.Span("200d");
        Fold.Machine.AdvanceTo(acting.State, now, effects);
        var output = new DecisionOutput();
        acting.Maker.Decide(acting.State, effects.Span, null, now, null, output);

        Assert.EndsWith(":3", Assert.Single(output.Decisions).Entry.Episode, StringComparison.Ordinal);
    }

    [Fact]
    public void Priority_HighestWins_OthersMayTryAgain()
    {
        const string Rules = "\"rules\":[{\"id\":\"low\",\"on\":\"searched\",\"action\":\"a\"},"
            + "{\"id\":\"high\",\"on\":\"searched\",\"action\":\"a\",\"priority\":1},"
            + "{\"id\":\"never\",\"on\":\"searched\",\"when\":\"orders > 3\",\"action\":\"a\",\"priority\":2}]";
        var acting = new Acting(Rules).Do("searched; searched; searched");

        Assert.Equal("high decided none session:1@0m\nlow decided none session:1@0m", acting.Log);
        var candidates = acting.Decisions[0].ReadRecord()["candidates"]!.AsArray().Select(static one => $"{one!["rule"]} {one["result"]}");
        Assert.Equal(["never conditions", "high decided", "low lower_priority"], candidates);
    }

    [Fact]
    public void Suppressed_DoesNotStandInTheWayOfTheNextRule()
    {
        const string Rules = "\"consent_required\":true,\"rules\":["
            + "{\"id\":\"ads\",\"on\":\"searched\",\"action\":\"a\",\"consent\":\"ads\",\"priority\":1},"
            + "{\"id\":\"plain\",\"on\":\"searched\",\"action\":\"a\"}]";
        Assert.Equal("ads suppressed no_consent session:1@0m\nplain decided none session:1@0m", new Acting(Rules).Do("searched").Log);
    }

    [Theory]
    [InlineData(false, "searched", "decided none")]
    [InlineData(true, "searched", "suppressed no_consent")]
    [InlineData(true, "consent_changed grant=ads; searched", "decided none")]
    [InlineData(false, "consent_changed withdraw=ads; searched", "suppressed no_consent")]
    [InlineData(false, "consent_changed withdraw=other; searched", "decided none")]
    [InlineData(true, "consent_changed grant=ads; consent_changed withdraw=ads; searched", "suppressed no_consent")]
    public void Consent_IsRequiredOrNotWithdrawn(bool isRequired, string script, string result)
    {
        var policy = $"\"consent_required\":{(isRequired ? "true" : "false")},"
            + $"\"rules\":[{{\"id\":\"r\",\"on\":\"searched\",\"action\":\"a\",\"consent\":\"ads\"}}]";
        var decision = Assert.Single(new Acting(policy).Do(script).Decisions);
        Assert.Equal(result, $"{decision.ReadRecord()["status"]} {decision.ReadRecord()["reason"]}");
    }

    [Fact]
    public void CapAndCoolDown_FreeUpAtTheirExactEnd()
    {
        const string Rule = "\"rules\":[{\"id\":\"r\",\"on\":\"ad_clicked\",\"action\":\"a\",\"once_per\":\"session\"}]";
        var cooling = new Acting("\"cool_down\":\"2h\"," + Rule).Do("ad_clicked; wait 1h; ad_clicked; wait 1h; ad_clicked");
        Assert.Equal("r decided none session:1@0m\nr suppressed cool_down session:2@60m\nr decided none session:3@120m", cooling.Log);

        var capped = new Acting("\"frequency_cap\":{\"max\":2,\"window\":\"3h\"}," + Rule)
            .Do("ad_clicked; wait 1h; ad_clicked; wait 1h; ad_clicked; wait 1h; ad_clicked; wait 30m; ad_clicked");
        Assert.Equal(
            "r decided none session:1@0m\nr decided none session:2@60m\nr suppressed frequency_cap session:3@120m\n"
            + "r decided none session:4@180m\nr suppressed frequency_cap session:5@210m", capped.Log);

        Assert.Equal("r suppressed frequency_cap session:1@0m", new Acting("\"frequency_cap\":{\"max\":0}," + Rule).Do("ad_clicked").Log);
    }

    [Fact]
    public void HoldOut_TakesItsShareOfCustomers_AndStaysWithThem()
    {
        var maker = new DecisionMaker(Acting.Parse("\"hold_out\":{\"fraction\":0.2,\"salt\":\"spring\"},\"rules\":[]"));
        var other = new DecisionMaker(Acting.Parse("\"hold_out\":{\"fraction\":0.2,\"salt\":\"autumn\"},\"rules\":[]"));
        var larger = new DecisionMaker(Acting.Parse("\"hold_out\":{\"fraction\":0.4,\"salt\":\"spring\"},\"rules\":[]"));
        var none = new DecisionMaker(Acting.Parse("\"rules\":[]"));
        var customers = Enumerable.Range(0, 20_000).Select(static i => CustomerId.FromUser($"customer-{i}")).ToArray();
        var held = customers.Where(maker.IsHeldOut).ToArray();

        Assert.InRange(held.Length / 20_000.0, 0.19, 0.21);
        Assert.InRange(held.Count(other.IsHeldOut) / (double)held.Length, 0.17, 0.23);
        Assert.All(held, id => Assert.True(larger.IsHeldOut(id)));
        Assert.DoesNotContain(customers, none.IsHeldOut);
        Assert.All(customers.Take(100), static id => Assert.InRange(DecisionMaker.HoldOutDraw(id, "spring"), 0, 1));
    }

    [Fact]
    public void ForTwoCarts_EachDecisionLooksAtItsOwn()
    {
        const string Rules = "\"rules\":[{\"id\":\"r\",\"on\":\"cart_abandoned\",\"when\":\"cart_value >= 50\",\"action\":\"a\"}]";
        var acting = new Acting(Rules).Do("add dear@80 cart=x; add cheap@5 cart=y; wait 2h");

        var decision = Assert.Single(acting.Decisions);
        Assert.Equal("cart:1", decision.Entry.Episode);
        Assert.Equal("x", (string)decision.ReadRecord()["cart"]!["cart_id"]!);
    }

    [Fact]
    public void Ids_FollowFromCustomerPolicyRuleAndEpisode()
    {
        const string Rule = "\"rules\":[{\"id\":\"r\",\"on\":\"searched\",\"action\":\"a\"}]";
        var id = Id("\"name\":\"n\"," + Rule);
        Assert.Matches("^dec_[0-9a-f]{32}$", id);
        Assert.Equal(id, Id("\"name\":\"n\",\"cool_down\":\"3h\"," + Rule));
        Assert.NotEqual(id, Id("\"name\":\"m\"," + Rule));
        Assert.NotEqual(id, Id("\"name\":\"n\"," + Rule, "bob"));
        Assert.NotEqual(id, Id("\"name\":\"n\"," + Rule.Replace("\"r\"", "\"s\"", StringComparison.Ordinal)));

        static string Id(string policy, string customer = "ada") =>
            new Acting(policy, CustomerId.FromUser(customer)).Do("searched").Decisions[0].Id;
    }

    [Fact]
    public void NothingToDo_AllocatesNothing()
    {
        var acting = new Acting("\"rules\":[{\"id\":\"r\",\"on\":\"cart_abandoned\",\"action\":\"a\"}]").Do("view a");
        var output = new DecisionOutput();
        var item = Make.Event(EventKind.ProductViewed, Make.Start, "x");
        var effects = new EffectBuffer();
        Assert.Equal(0, Allocation.Least(() => acting.Maker.Decide(acting.State, effects.Span, item, Make.Start, null, output)));
    }
}
