using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Tests.Kit;

namespace RealtimeInsight.Domain.Tests.Decisions;

public sealed class VariantTests
{
    private const string Offer = "{\"id\":\"offer\",\"on\":\"cart_abandoned\",\"action\":\"coupon\",\"parameters\":{\"template\":\"t\"},"
        + "\"variants\":[{\"id\":\"ten\",\"parameters\":{\"percent\":10}},{\"id\":\"gift\",\"action\":\"gift\"}]CHOOSE}";

    private static readonly string s_rules = $"\"rules\":[{Offer.Replace("CHOOSE", "", StringComparison.Ordinal)}]";

    [Fact]
    public void Parse_Variants_ReadsEveryMember()
    {
        var rule = Acting.Parse("\"attribution_window\":\"10d\",\"rules\":[" + Offer.Replace(
            "CHOOSE", ",\"choose\":{\"by\":\"thompson\",\"explore\":0.1,\"half_life\":\"14d\",\"reward_within\":\"3d\",\"seed\":7}",
            StringComparison.Ordinal) + "]").Rules[0];

        Assert.Equal(["ten coupon", "gift gift"], rule.Variants.Select(static variant => $"{variant.Id} {variant.Action}"));
        Assert.Equal("{\"template\":\"t\",\"percent\":10}", rule.Variants[0].Parameters.ToJsonString());
        Assert.Equal("{\"template\":\"t\"}", rule.Variants[1].Parameters.ToJsonString());
        Assert.Equal(
            new VariantRule
            {
                By = VariantMethod.Thompson, Explore = 0.1, HalfLife = TimeSpan.FromDays(14), RewardWithin = TimeSpan.FromDays(3), Seed = 7,
            },
            rule.Choose);
        var plain = Acting.Parse(s_rules).Rules[0].Choose!;
        Assert.Equal((VariantMethod.Uniform, TimeSpan.FromDays(7)), (plain.By, plain.RewardWithin));
    }

    [Theory]
    [InlineData("\"variants\":[{\"id\":\"a\"}]", "rules[0].variants", "is not a list of 2 to 8 variants")]
    [InlineData("\"variants\":{}", "rules[0].variants", "is not a list of 2 to 8 variants")]
    [InlineData("\"variants\":[{\"id\":\"a\"},{\"id\":\"a\"}]", "rules[0].variants", "'a' occurs twice")]
    [InlineData("\"variants\":[{\"id\":\"a\"},{\"id\":\"B\"}]", "rules[0].variants[1].id", "'B' is not an id")]
    [InlineData("\"variants\":[{\"id\":\"a\"},{\"id\":\"b\",\"x\":1}]", "rules[0].variants[1].x", "'x' is not a known key")]
    [InlineData("\"choose\":{\"by\":\"thompson\"}", "rules[0].choose", "no variants to choose among")]
    [InlineData("CHOOSE{\"by\":\"best\"}", "rules[0].choose.by", "'best' is not a way to choose")]
    [InlineData("CHOOSE{\"explore\":0}", "rules[0].choose.explore", "0 is out of range")]
    [InlineData("CHOOSE{\"half_life\":\"1s\"}", "rules[0].choose.half_life", "'1s' is out of range")]
    [InlineData("CHOOSE{\"reward_within\":\"8d\"}", "rules[0].choose.reward_within", "'8d' is out of range")]
    [InlineData("CHOOSE{\"seed\":1.5}", "rules[0].choose.seed", "1.5 is not a whole number")]
    public void Parse_MistakeInVariants_IsNamed(string members, string place, string rule)
    {
        members = members.Replace("CHOOSE", "\"variants\":[{\"id\":\"a\"},{\"id\":\"b\"}],\"choose\":", StringComparison.Ordinal);
        var problem = Assert.Throws<PolicyException>(() => Acting.Parse(
            $"\"rules\":[{{\"id\":\"r\",\"on\":\"cart_abandoned\",\"action\":\"a\",{members}}}]"));

        Assert.StartsWith($"policy: {place}: ", problem.Message, StringComparison.Ordinal);
        Assert.Contains(rule, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_IsOneVariantWithItsPropensity_AndCanBeChosenAgainFromTheRecord()
    {
        var acting = new Acting(s_rules).Do("add a; wait 2h");

        var decision = Assert.Single(acting.Decisions);
        var (record, choice) = (decision.ReadRecord(), decision.ReadRecord()["choice"]!);
        Assert.Equal((string)choice["variant"]!, decision.Entry.Variant);
        Assert.Equal(0.5, (double)choice["propensity"]!);
        var odds = choice["variants"]!.AsArray().Select(
            static one => new VariantOdds((double)one!["probability"]!, (double)one["alpha"]!, (double)one["beta"]!)).ToList();
        var draw = VariantChoice.DrawOf(decision.Id, (ulong)choice["seed"]!);
        Assert.Equal((double)choice["draw"]!, draw);
        var chosen = Acting.Parse(s_rules).Rules[0].Variants[VariantChoice.IndexOf(draw, odds)];
        Assert.Equal(chosen.Id, decision.Entry.Variant);
        Assert.Equal(chosen.Action, (string)record["action"]!);
        Assert.Equal(chosen.Parameters.ToJsonString(), record["parameters"]!.ToJsonString());
        Assert.Equal(chosen.Id, DecisionRecord.ReadEntry(record).Variant);
    }

    [Fact]
    public void Choices_OfManyCustomers_AreShared_AndTheSameAgain()
    {
        var policy = Acting.Parse(s_rules);
        var given = Enumerable.Range(0, 400).Select(i => Variant(policy, i)).ToList();

        Assert.InRange(given.Count(static variant => variant == "ten"), 160, 240);
        Assert.Equal(given.Take(40), Enumerable.Range(0, 40).Select(i => Variant(policy, i)));

        static string Variant(Policy policy, int customer) => Assert.Single(
            new Acting(policy, CustomerId.FromUser($"c{customer}")).Do("add a; wait 2h").Decisions).Entry.Variant!;
    }

    [Fact]
    public void HeldOut_IsInNobodysExperiment()
    {
        var acting = Enumerable.Range(0, 40).Select(i => new Acting(
            "\"hold_out\":{\"fraction\":0.5}," + s_rules, CustomerId.FromUser($"c{i}")).Do("add a; wait 2h; order a; wait 8d")).ToList();

        var held = acting.Where(static one => one.Decisions[0].Reason == SuppressionReason.HoldOut).ToList();
        Assert.InRange(held.Count, 8, 32);
        Assert.All(held, static one =>
        {
            Assert.Null(one.Decisions[0].Entry.Variant);
            Assert.Null(one.Decisions[0].ReadRecord()["choice"]);
            Assert.Null(Assert.Single(one.Outcomes).Given);
        });
        Assert.All(acting.Except(held), static one => Assert.Equal(one.Decisions[0].Entry.Variant, one.Outcomes[0].Given?.Variant));
    }

    [Fact]
    public void Deferred_ChoosesWhenItIsGiven()
    {
        var acting = new Acting("\"quiet_hours\":{\"from\":\"21:30\",\"to\":\"08:00\"}," + s_rules)
            .Do("browse; wait 13h; add a").DoUntil("2026-03-03T12:00:00Z");

        Assert.Equal(["deferred", "decided"], acting.Decisions.Select(static one => (string)one.ReadRecord()["status"]!));
        Assert.Null(acting.Decisions[0].Entry.Variant);
        Assert.NotNull(acting.Decisions[1].Entry.Variant);
    }

    [Fact]
    public void Outcomes_NameTheVariant_AndWhenItWasGiven()
    {
        var (bought, gone) = (new Acting(s_rules).Do("add a; wait 2h; order a"), new Acting(s_rules).Do("add a; wait 8d"));

        Assert.Equal(OutcomeKind.Recovered, Assert.Single(bought.Outcomes).Outcome);
        Assert.Equal(OutcomeKind.NotRecovered, Assert.Single(gone.Outcomes).Outcome);
        foreach (var one in (Acting[])[bought, gone])
        {
            Assert.Equal(new GivenVariant("offer", one.Decisions[0].Entry.Variant!, one.Decisions[0].DecidedAt), one.Outcomes[0].Given);
        }
    }

    [Fact]
    public void Document_NamesEveryMember()
    {
        var document = GoldenFile.Text("policies.md");
        var choice = Assert.Single(new Acting(s_rules).Do("add a; wait 2h").Decisions).ReadRecord()["choice"]!.AsObject();

        string[] names = ["variants", "choose", "by", "explore", "half_life", "reward_within", "seed", "thompson", "uniform", "choice"];
        Assert.All(
            names.Concat(choice.Select(static pair => pair.Key)),
            name => Assert.Contains($"`{name}`", document, StringComparison.Ordinal));
    }
}
