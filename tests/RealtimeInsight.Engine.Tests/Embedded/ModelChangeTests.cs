using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Lifecycle;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Inference.Tests.Fakes;

namespace RealtimeInsight.Engine.Tests.Embedded;

/// <summary>Models that change, share the customers or score in the shadow while events come in.</summary>
public sealed class ModelChangeTests : IAsyncDisposable
{
    private const int Customers = 40;
    private readonly Meter _meter = new(InferenceInstruments.MeterName);
    private readonly InferencePool _pool;
    private readonly Dictionary<string, LinearModelRunner> _runners = [];
    private EngineHarness _engine = new();

    public ModelChangeTests()
    {
        _pool = NewPool();
        Serve(new ServingPlan { Champion = "1" });
    }

    [Fact]
    public async Task Promotions_BackAndForthUnderLoad_FailNoScoreAndDoubleNoDecision()
    {
        await StartAsync();
        var isDone = false;
        var swaps = 0;
        var swapping = Task.Run(() =>
        {
            while (!Volatile.Read(ref isDone) || swaps < 20) Serve(new ServingPlan { Champion = (++swaps % 2) + 1 + "" });
        });

        for (var minute = 0; minute < 30; minute++)
        {
            var events = Enumerable.Range(0, Customers).Select(customer => minute == 29
                ? Make.Event($"c{customer}", EventKind.PaymentFailed, minute, $"e{customer}-{minute}")
                : Make.View($"c{customer}", minute, $"e{customer}-{minute}"));
            var result = await _engine.IngestAsync([.. events]);
            Assert.Equal(Customers, result.Accepted);
        }

        Volatile.Write(ref isDone, true);
        await swapping.WaitAsync(TimeSpan.FromSeconds(30));
        await _engine.SettleAsync();

        Assert.Equal(0, _engine.Status.ScoresDegraded);
        Assert.Equal(30 * Customers, _engine.Status.Scores);
        Assert.Equal(Customers, _engine.Status.Actions);
        await _engine.Channel.SentAsync(Customers);
        Assert.Equal(Customers, _engine.Channel.Sent.Select(message => message.DecisionId).Distinct().Count());
    }

    [Fact]
    public async Task Promotion_OfAnotherVersion_FoldsEachCustomerAnewWithItsNextEvent()
    {
        await StartAsync();
        for (var minute = 0; minute < 5; minute++) await _engine.IngestAsync(Make.View("c1", minute));
        Serve(new ServingPlan { Champion = "2" });
        await _engine.IngestAsync(Make.View("c1", 5));
        var swapped = (await _engine.InsightAsync("c1"))!.Scores!;

        await RestartEmptyAsync();
        for (var minute = 0; minute < 6; minute++) await _engine.IngestAsync(Make.View("c1", minute));
        var fromTheStart = (await _engine.InsightAsync("c1"))!.Scores!;

        Assert.Equal("behaviour/2", swapped.Model);
        Assert.Equal(fromTheStart.Churn, swapped.Churn, 1e-6f);
        Assert.Equal(fromTheStart.Purchase, swapped.Purchase, 1e-6f);
    }

    [Fact]
    public async Task Challenger_ScoresItsShareAlone_AndTheDecisionNamesWhoScored()
    {
        Serve(new ServingPlan { Champion = "1", Challenger = new PlannedShare("2", 0.4) });
        await StartAsync();
        var share = _pool.Serving!.Challenger!.Share;
        var warmUpRows = _runners.Values.Sum(static runner => runner.StepRows);
        for (var minute = 0; minute < 3; minute++)
        {
            await _engine.IngestAsync([.. Enumerable.Range(0, Customers).Select(customer => Make.View($"c{customer}", minute))]);
        }

        await _engine.IngestAsync([.. Enumerable.Range(0, Customers).Select(
            customer => Make.Event($"c{customer}", EventKind.PaymentFailed, 3, $"p{customer}"))]);

        var challenged = 0;
        for (var customer = 0; customer < Customers; customer++)
        {
            var id = CustomerId.Parse($"c{customer}");
            var expected = share.Has(id.StableHash) ? "behaviour/2" : "behaviour/1";
            var insight = (await _engine.InsightAsync(id.Value))!;
            Assert.Equal(expected, insight.Scores!.Model);
            var decision = await _engine.Engine.GetDecisionAsync(insight.LastDecisions[0].DecisionId, CancellationToken.None);
            Assert.Equal(expected, (string)decision!.Record["model"]!);
            if (expected == "behaviour/2") challenged++;
        }

        Assert.InRange(challenged, 1, Customers - 1);
        Assert.Equal(0, _engine.Status.ScoresDegraded);

        // Only steps, no fold: nobody went back and forth between the two.
        Assert.Equal(4 * Customers, _runners.Values.Sum(static runner => runner.StepRows) - warmUpRows);
    }

    [Fact]
    public async Task Challenger_ThatFails_IsMadeUpForByTheChampion()
    {
        Serve(new ServingPlan { Champion = "1", Challenger = new PlannedShare("2", 1) });
        await StartAsync();
        await _engine.IngestAsync(Make.View("c1", 0));
        Assert.Equal("behaviour/2", (await _engine.InsightAsync("c1"))!.Scores!.Model);

        _runners["2"].Spoil = true;
        await _engine.IngestAsync(Make.View("c1", 1));

        var scores = (await _engine.InsightAsync("c1"))!.Scores!;
        Assert.Equal("behaviour/1", scores.Model);
        Assert.False(scores.IsDegraded);
        Assert.Equal(0, _engine.Status.ScoresDegraded);
    }

    [Fact]
    public async Task Shadow_SeesEveryEventOfItsShare_AndChangesNothing()
    {
        await StartAsync();
        await FeedAsync();
        var without = await DescribeAsync();

        await RestartEmptyAsync();
        Serve(new ServingPlan { Champion = "1", Shadow = new PlannedShare("2", 1) });
        await FeedAsync();

        Assert.Equal(without, await DescribeAsync());
        var comparison = _pool.Serving!.Shadow!.Tally!.Read();
        Assert.Equal(_engine.Status.Scores, comparison.Scores);
        Assert.Equal(0, comparison.Skipped + comparison.Failed);

        // The shadow has the same weights and another calibration of churn alone.
        Assert.Equal(0, comparison.Purchase!.LargestDifference, 1e-5);
        Assert.True(comparison.Churn!.MeanDifference > 0.01);
    }

    [Fact]
    public async Task Shadow_WithFewerPlacesThanCustomers_FoldsThemAndStaysRight()
    {
        _engine.Options.ShadowCustomersMax = 2;
        Serve(new ServingPlan { Champion = "1", Shadow = new PlannedShare("2", 1) });
        await StartAsync();
        await FeedAsync();

        var comparison = _pool.Serving!.Shadow!.Tally!.Read();
        Assert.Equal(_engine.Status.Scores, comparison.Scores);
        Assert.Equal(0, comparison.Purchase!.LargestDifference, 1e-5);
    }

    [Fact]
    public async Task Shadow_ThatUsesItsTimeUp_LeavesTheRestOut()
    {
        _engine.Options.Shards = 1;
        _engine.Options.ShadowTimeMax = 0.01;
        Serve(new ServingPlan { Champion = "1", Shadow = new PlannedShare("2", 1) });
        await StartAsync();
        _runners["2"].OnRun = _ => _engine.Time.Advance(TimeSpan.FromMilliseconds(20));
        for (var minute = 0; minute < 3; minute++) await _engine.IngestAsync(Make.View("c1", minute));

        var comparison = _pool.Serving!.Shadow!.Tally!.Read();
        Assert.Equal(1, comparison.Scores);
        Assert.Equal(2, comparison.Skipped);
        Assert.Equal(0, _engine.Status.ScoresDegraded);
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _pool.DisposeAsync();
        _meter.Dispose();
    }

    private InferencePool NewPool() => new(
        new InferenceOptions(), new InferenceInstruments(_meter), TimeProvider.System, NullLogger<InferencePool>.Instance);

    private void Serve(ServingPlan plan)
    {
        using var prepared = _pool.Prepare(plan, Load);
        prepared.Commit();
    }

    private LinearModelRunner Load(string version)
    {
        var manifest = TestManifest.Create(version);
        if (version == "2")
        {
            manifest = manifest with
            {
                Calibration = manifest.Calibration.ToDictionary(
                    pair => pair.Key, pair => pair.Key == "churn" ? pair.Value with { B = 1 } : pair.Value),
            };
        }

        return _runners[version] = new LinearModelRunner(manifest);
    }

    private Task StartAsync()
    {
        _engine.Pool = _pool;
        return _engine.StartAsync();
    }

    /// <summary>Another engine without customers, with the models that serve now.</summary>
    private async Task RestartEmptyAsync()
    {
        await _engine.DisposeAsync();
        _engine = new EngineHarness { Pool = _pool };
        await _engine.StartAsync();
    }

    /// <summary>Sessions of several customers, some of it out of order, in batches with several events of one customer.</summary>
    private async Task FeedAsync()
    {
        for (var minute = 0; minute < 12; minute++)
        {
            await _engine.IngestAsync([.. Enumerable.Range(0, 8).SelectMany(customer => new[]
            {
                Make.View($"c{customer}", minute, $"v{customer}-{minute}"),
                Make.Add($"c{customer}", minute + 0.5, $"a{customer}-{minute}"),
            })]);
        }

        await _engine.IngestAsync(Make.View("c1", 3.25, "late"), Make.Event("c2", EventKind.PaymentFailed, 13, "failed"));
    }

    private async Task<string> DescribeAsync()
    {
        var parts = new List<string>();
        for (var customer = 0; customer < 8; customer++)
        {
            var insight = (await _engine.InsightAsync($"c{customer}"))!;
            var summaries = insight.LastDecisions.Select(decision => decision with { Status = "" });
            parts.Add(JsonSerializer.Serialize(insight with { LastDecisions = [.. summaries] }));
        }

        return string.Join('\n', parts);
    }
}
