using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Domain.Time;
using static RealtimeInsight.TestKit.Conformance.ConformanceShop;

namespace RealtimeInsight.TestKit.Conformance;

/// <summary>What is learned of a rule's variants.</summary>
public abstract partial class EngineConformance
{
    private const string Tip = "tip";

    [Fact]
    public async Task Variants_AreChosenByWhatCameOfThem_WithTheExactPropensity()
    {
        await using var shop = await OpenAsync();
        var expected = new VariantLearner(ConformanceShop.Policy);
        string[] customers = [.. Enumerable.Range(0, 30).Select(static i => Treated($"tipped{i}"))];
        foreach (var customer in customers) await IngestAsync(shop, Event(customer, EventKind.WishlistAdded, 0));
        await shop.SetTimeAsync(At(5));
        foreach (var customer in customers.Where(static (_, i) => i % 3 == 0)) await IngestAsync(shop, Order(customer, 5));
        foreach (var customer in customers)
        {
            var choice = await ChoiceAsync(shop, customer);
            Assert.All(choice["variants"]!.AsArray(), static one => Assert.Equal(1 / 3.0, (double)one!["probability"]!, 12));
            expected.NoteGiven(GivenTo(choice, At(0)));
        }

        foreach (var (customer, i) in customers.Select(static (customer, i) => (customer, i)))
        {
            if (i % 3 == 0) expected.NoteOutcome(GivenTo(await ChoiceAsync(shop, customer), At(0)), OutcomeKind.Recovered, At(5));
        }

        // The time for a reward is over with the next decision, which chooses by what was known before it.
        await shop.SetTimeAsync(At(200));
        var (last, next) = (Treated("last"), Treated("next"));
        await IngestAsync(shop, Event(last, EventKind.WishlistAdded, 200));
        await shop.SetTimeAsync(At(205));
        await IngestAsync(shop, Event(next, EventKind.WishlistAdded, 205));
        expected.NoteGiven(GivenTo(await ChoiceAsync(shop, last), At(200)));

        var learned = await ChoiceAsync(shop, next);
        var odds = expected.OddsOf(ConformanceShop.Policy.Rules.Single(static rule => rule.Id == Tip));
        var shown = learned["variants"]!.AsArray();
        Assert.Equal(10, shown.Sum(static one => (double)one!["alpha"]! - 1), 0.1);
        Assert.Equal(20, shown.Sum(static one => (double)one!["beta"]! - 1), 0.1);
        for (var i = 0; i < odds.Count; i++)
        {
            Assert.Equal(odds[i].Alpha, (double)shown[i]!["alpha"]!, 9);
            Assert.Equal(odds[i].Beta, (double)shown[i]!["beta"]!, 9);
            Assert.Equal(odds[i].Probability, (double)shown[i]!["probability"]!, 9);
        }

        var chosen = shown.Single(one => (string)one!["id"]! == (string)learned["variant"]!)!;
        Assert.Equal((double)chosen["probability"]!, (double)learned["propensity"]!);
    }

    private static GivenVariant GivenTo(JsonNode choice, Instant at) => new(Tip, (string)choice["variant"]!, at);

    private static async Task<JsonNode> ChoiceAsync(IEngineUnderTest shop, string customer)
    {
        var decision = (await InsightAsync(shop, customer)).LastDecisions.Single(static one => one.Rule == Tip).DecisionId;
        var view = await shop.Engine.GetDecisionAsync(decision, CancellationToken.None).AsTask().WaitAsync(s_patience);
        return view!.Record["choice"]!;
    }
}
