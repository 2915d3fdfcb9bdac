using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Tests.Embedded;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Engine.Tests.Watching;

/// <summary>Scores of a running engine and what becomes of them.</summary>
public sealed class OutcomeWatchTests : IAsyncDisposable
{
    private readonly EngineHarness _engine = new();
    private readonly List<ResolvedScore> _resolved = [];

    [Fact]
    public async Task OrderWithinADay_IsPurchaseAndNoAbandonment()
    {
        await StartAsync();
        await _engine.IngestAsync(Make.View("a", 0), Make.Add("a", 1));
        await _engine.IngestAsync(Make.Order("a", 30));
        Assert.Empty(_resolved);
        await ADayPassesAsync();

        Assert.Equal([(0, true), (1, true), (30, false)], Of(ScoreHead.Purchase));
        Assert.Equal([(1, false)], Of(ScoreHead.Abandonment));
        Assert.Empty(Of(ScoreHead.Churn));
    }

    [Fact]
    public async Task SilenceForADay_IsAbandonment_AndAVisitWithinAMonthIsNoChurn()
    {
        await StartAsync();
        await _engine.IngestAsync(Make.Add("a", 0), Make.View("b", 0));
        await ADayPassesAsync();
        Assert.Equal([(0, true)], Of(ScoreHead.Abandonment));
        Assert.Equal([(0, false), (0, false)], Of(ScoreHead.Purchase));

        await _engine.IngestAsync(Make.View("a", 26 * 60));
        await _engine.AdvanceAsync(TimeSpan.FromDays(30));
        await OthersComeAsync((26 * 60) + (30 * 1440));

        Assert.Equal([(0, false), (0, true)], Of(ScoreHead.Churn).Where(static one => one.Minute == 0).OrderBy(static one => one.Outcome));
    }

    [Fact]
    public async Task HistoryLoadedLate_IsNotFollowed()
    {
        await StartAsync();
        await _engine.AdvanceAsync(TimeSpan.FromDays(2));
        await _engine.IngestAsync(Make.View("a", 0), Make.Order("a", 5));

        Assert.Empty(_resolved);
        Assert.All(_engine.Engine.GetModelWatch().Waiting, static head => Assert.Equal(0, head.Open));
    }

    [Fact]
    public async Task LateOrder_SettlesWhatWasScoredBeforeIt()
    {
        await StartAsync();
        await _engine.IngestAsync(Make.View("a", 0), Make.View("a", 10));
        await _engine.IngestAsync(Make.Order("a", 5));
        await ADayPassesAsync();

        Assert.Equal([(0, true), (10, false)], Of(ScoreHead.Purchase));
    }

    [Fact]
    public async Task VisitorWhoBecomesACustomer_TakesTheScoresAlong()
    {
        await StartAsync();
        await _engine.IngestAsync(Make.View("anon:v", 0));
        await _engine.IngestAsync(Make.Order("carol", 5) with { Visitor = Domain.Identity.CustomerId.FromVisitor("v") });

        Assert.Equal(2, _engine.Engine.GetModelWatch().Waiting.Single(static head => head.Head == "purchase").Open);
        await ADayPassesAsync();
        Assert.Equal([(0, true), (5, false)], Of(ScoreHead.Purchase));
    }

    [Fact]
    public async Task EventThatNoModelScored_IsNotFollowed()
    {
        _engine.Scorer.Model = null;
        await StartAsync();
        await _engine.IngestAsync(Make.View("a", 0), Make.Order("a", 5));

        Assert.Empty(_resolved);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private async Task StartAsync()
    {
        await _engine.StartAsync();
        _engine.Engine.Monitor.Observer = _resolved.Add;
    }

    /// <summary>And others come to every shard, twice: what is over is counted between two turns.</summary>
    private async Task ADayPassesAsync()
    {
        await _engine.AdvanceAsync(TimeSpan.FromHours(26));
        await OthersComeAsync(26 * 60);
    }

    private async Task OthersComeAsync(double minute)
    {
        for (var turn = 0; turn < 2; turn++)
        {
            await _engine.IngestAsync([.. Enumerable.Range(0, 8).Select(i => Make.View($"z{i}", minute + turn))]);
        }
    }

    private List<(int Minute, bool Outcome)> Of(ScoreHead head) =>
    [
        .. _resolved.Where(one => one.Head == head).OrderBy(static one => one.At)
            .Select(static one => ((int)(one.At.ToDateTimeOffset() - EngineHarness.Start).TotalMinutes, one.Outcome)),
    ];
}
