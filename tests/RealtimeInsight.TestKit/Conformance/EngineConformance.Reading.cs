using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Engine.Port;
using static RealtimeInsight.TestKit.Conformance.ConformanceShop;

namespace RealtimeInsight.TestKit.Conformance;

/// <summary>What happened, and why.</summary>
public abstract partial class EngineConformance
{
    [Fact]
    public async Task Timeline_MergesAndOutcomes_AreInIt()
    {
        await using var shop = await OpenAsync();
        var (anna, visitor) = (Treated("anna"), CustomerId.Parse("anon:v"));
        await IngestAsync(shop, View("anon:v", 0), Add(anna, 0));
        await shop.SetTimeAsync(At(60));
        await shop.WaitForOneAsync();
        await IngestAsync(shop, Identify(anna, 65, "anon:v"));
        await shop.SetTimeAsync(At(90));
        await IngestAsync(shop, Order(anna, 90));
        await UnmergeAsync(shop, anna, "anon:v");

        var timeline = (await shop.Engine.GetTimelineAsync(CustomerId.Parse(anna), 100, CancellationToken.None))!;
        var outcome = Assert.Single(timeline, static entry => entry.Type == "outcome");
        var decision = Assert.Single(timeline, static entry => entry is { Type: "decision", Name: "win-back" });
        Assert.Equal(("recovered", At(90)), (outcome.Name, outcome.At));
        Assert.Equal((string)decision.Detail["decision_id"]!, (string)outcome.Detail["decision_id"]!);
        Assert.Equal(11m, (decimal)outcome.Detail["value"]!);
        var merges = timeline.Where(static entry => entry.Type == "merge").ToList();
        Assert.Equal(["unmerged", "merged"], merges.Select(static entry => entry.Name));
        Assert.All(merges, static entry => Assert.Equal("anon:v", (string)entry.Detail["customer"]!));

        await shop.CrashAsync();
        var parted = (await shop.Engine.GetTimelineAsync(visitor, 100, CancellationToken.None))!;
        Assert.Equal(["unmerged", "product_viewed"], parted.Select(static entry => entry.Name));
        Assert.Equal(anna, (string)parted[0].Detail["from"]!);
    }

    [Fact]
    public async Task Explanation_OfAScore_AddsUpToWhatIsServed()
    {
        await using var shop = await OpenAsync();
        await shop.SetTimeAsync(At(20));
        await IngestAsync(shop, View("anna", 0), Add("anna", 1), View("anna", 2));
        var served = (await InsightAsync(shop, "anna")).Scores!;

        foreach (var (head, score) in new[] { (ScoreHead.Churn, served.Churn), (ScoreHead.Purchase, served.Purchase) })
        {
            var explained = (await shop.Engine.ExplainAsync(CustomerId.Parse("anna"), head, CancellationToken.None))!;
            Assert.Equal(("anna", null, served.Model), (explained.CustomerId, explained.DecisionId, explained.Model));
            Assert.Equal((At(2), served.Model), (explained.AsOf, explained.ServedModel));
            Assert.Equal(score, explained.ServedScore!.Value, 5);
            Assert.Equal(score, explained.Score, 5);
            Assert.Equal(explained.Score - explained.Reference, explained.Contributions.Sum(static one => one.Value), 5);
        }

        Assert.Null(await shop.Engine.ExplainAsync(CustomerId.Parse("nobody"), ScoreHead.Churn, CancellationToken.None));
        await IngestAsync(shop, View("anon:v", 3), Identify("ben", 4, "anon:v"));
        var merged = await shop.Engine.ExplainAsync(CustomerId.Parse("anon:v"), ScoreHead.Churn, CancellationToken.None);
        Assert.Equal(("ben", At(4)), (merged!.CustomerId, merged.AsOf));
    }

    [Fact]
    public async Task Explanation_OfADecision_IsOfWhatWasKnownThen()
    {
        await using var shop = await OpenAsync();
        var anna = Treated("anna");
        await IngestAsync(shop, View(anna, 0), Add(anna, 1));
        var then = (await InsightAsync(shop, anna)).Scores!;
        await shop.SetTimeAsync(At(65));
        await shop.WaitForOneAsync();
        await IngestAsync(shop, View(anna, 65), Order(anna, 66));
        await shop.CrashAsync();
        var decision = (await InsightAsync(shop, anna)).LastDecisions.Single(static one => one.Rule == "win-back").DecisionId;

        var explained = (await shop.Engine.ExplainDecisionAsync(decision, ScoreHead.Churn, CancellationToken.None))!;

        Assert.Equal((anna, decision, At(1)), (explained.CustomerId, explained.DecisionId, explained.AsOf));
        Assert.Equal(then.Churn, explained.ServedScore!.Value, 5);
        Assert.Equal(then.Churn, explained.Score, 5);
        Assert.Null(await shop.Engine.ExplainDecisionAsync("dec_unknown", ScoreHead.Churn, CancellationToken.None));
        await IngestAsync(shop, View("anon:v", 67), Identify(anna, 68, "anon:v"));
        Assert.Null(await shop.Engine.ExplainDecisionAsync(decision, ScoreHead.Churn, CancellationToken.None));
    }
}
