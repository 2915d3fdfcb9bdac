using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Tests.Embedded;

namespace RealtimeInsight.Engine.Tests.Explanations;

public sealed class ExplanationTests
{
    [Fact]
    public async Task Explain_ACustomer_AddsUpToTheScoreThatServes()
    {
        await using var engine = await new EngineHarness().StartAsync();
        for (var minute = 0; minute < 6; minute++) await engine.IngestAsync(Make.View("c1", minute));
        await engine.IngestAsync(Make.Add("c1", 6));
        var served = (await engine.InsightAsync("c1"))!.Scores!;

        var explanation = (await engine.Engine.ExplainAsync(CustomerId.Parse("c1"), ScoreHead.Purchase, CancellationToken.None))!;

        Assert.Equal(("purchase", "linear/1", "linear/1"), (explanation.Head, explanation.Model, explanation.ServedModel));
        Assert.Equal(served.Purchase, explanation.Score, 1e-5);
        Assert.Equal(served.Purchase, explanation.ServedScore!.Value, 1e-9);
        AssertAddsUp(explanation);
        Assert.Null(await engine.Engine.ExplainAsync(CustomerId.Parse("nobody"), ScoreHead.Churn, CancellationToken.None));
    }

    [Fact]
    public async Task ExplainDecision_AfterTheCustomerWentOn_ExplainsWhatDecided()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.View("c1", 0), Make.View("c1", 1), Make.Event("c1", EventKind.PaymentFailed, 2, "failed"));
        var then = (await engine.InsightAsync("c1"))!;
        await engine.IngestAsync(Make.Order("c1", 3));

        var id = then.LastDecisions[0].DecisionId;
        var explanation = (await engine.Engine.ExplainDecisionAsync(id, ScoreHead.Churn, CancellationToken.None))!;

        Assert.Equal((id, "c1"), (explanation.DecisionId, explanation.CustomerId));
        Assert.Equal(then.Scores!.Churn, explanation.Score, 1e-5);
        Assert.Equal(then.Scores.Churn, explanation.ServedScore!.Value, 1e-6);
        AssertAddsUp(explanation);
        Assert.Null(await engine.Engine.ExplainDecisionAsync("dec_unknown", ScoreHead.Churn, CancellationToken.None));
    }

    [Fact]
    public async Task Explain_AfterDeadlines_ExplainsTheScoreThatWasMadeBeforeThem()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.View("c1", 0), Make.Add("c1", 1));
        // Less than DecideWithin: what was due is decided on, however late in the leap of the clock the shard wakes.
        await engine.AdvanceAsync(TimeSpan.FromHours(20));
        var insight = (await engine.InsightAsync("c1"))!;
        Assert.Equal("abandoned", insight.Cart!.State);

        var now = (await engine.Engine.ExplainAsync(CustomerId.Parse("c1"), ScoreHead.Churn, CancellationToken.None))!;
        var then = (await engine.Engine.ExplainDecisionAsync(
            insight.LastDecisions[0].DecisionId, ScoreHead.Churn, CancellationToken.None))!;

        Assert.Equal(insight.Scores!.Churn, now.Score, 1e-5);
        Assert.Equal(insight.Scores.Churn, then.Score, 1e-5);
    }

    [Fact]
    public async Task Explain_WithoutAModel_SaysSo()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.View("c1", 0));
        engine.Scorer.Model = null;

        var problem = await Assert.ThrowsAsync<EngineUnavailableException>(
            () => engine.Engine.ExplainAsync(CustomerId.Parse("c1"), ScoreHead.Churn, CancellationToken.None).AsTask());
        Assert.Contains("no model can score", problem.Message, StringComparison.Ordinal);
    }

    private static void AssertAddsUp(ScoreExplanation explanation)
    {
        Assert.Equal(explanation.Score - explanation.Reference, explanation.Contributions.Sum(static one => one.Value), 1e-9);
        Assert.Equal(10, explanation.Contributions.Count);
        Assert.Equal(
            explanation.Contributions.OrderByDescending(static one => Math.Abs(one.Value)).Select(static one => one.Value),
            explanation.Contributions.Select(static one => one.Value));
    }
}
