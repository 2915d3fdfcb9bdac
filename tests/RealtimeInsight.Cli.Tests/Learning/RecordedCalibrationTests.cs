using RealtimeInsight.Cli.Replay;
using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Engine;
using RealtimeInsight.Inference.Monitoring;
using Xunit.Abstractions;

namespace RealtimeInsight.Cli.Tests.Learning;

/// <summary>The shipped model's scores of recorded shops, each judged with what the outcomes before it had shown.</summary>
public sealed class RecordedCalibrationTests(ITestOutputHelper output) : IDisposable
{
    private readonly DataFolder _data = new();

    public void Dispose() => _data.Dispose();

    [RealDataFact]
    public Task Apply_RetailRocket_LosesNotMoreThanUncorrected() => CheckAsync("retailrocket", limit: null);

    [RealDataFact]
    public Task Apply_OnlineRetail_LosesNotMoreThanUncorrected() => CheckAsync("online_retail", limit: 120_000);

    private async Task CheckAsync(string format, int? limit)
    {
        foreach (var (head, raw, corrected, count) in await JudgeAsync(format, limit))
        {
            output.WriteLine($"{format} {head}: {count} scores, log loss {raw:0.0000} uncorrected, {corrected:0.0000} corrected");
            Assert.True(corrected <= raw + 1e-6, $"{head}: {corrected} against {raw}");
        }
    }

    private async Task<List<(ScoreHead Head, double Raw, double Corrected, int Count)>> JudgeAsync(string format, int? limit)
    {
        var resolved = new List<ResolvedScore>();
        var input = ReplayInput.Load(EventFormats.Get(format), RealData.Of(format), limit, CancellationToken.None);
        var settings = new ReplaySettings { Format = format, Data = RealData.Of(format) };
        await using var engine = await ComposedReplayEngine.StartAsync(settings, _data.Path, TimeProvider.System, CancellationToken.None);
        ((EmbeddedEngine)engine.Engine).OutcomeObserver = one =>
        {
            lock (resolved) resolved.Add(one);
        };
        await new ReplayRunner(engine, ReplaySpeed.Max, TimeProvider.System).RunAsync(input, CancellationToken.None);
        return [.. resolved.GroupBy(static one => one.Head).Select(static group => Judge(group.Key, [.. group]))];
    }

    private static (ScoreHead, double, double, int) Judge(ScoreHead head, List<ResolvedScore> scores)
    {
        var calibration = new OnlineCalibration(TimeSpan.FromDays(head == ScoreHead.Churn ? 30 : 1));
        var known = new Queue<ResolvedScore>(scores.OrderBy(static one => one.KnownAt).ThenBy(static one => one.Customer));
        double raw = 0, corrected = 0;
        var count = 0;
        foreach (var score in scores.OrderBy(static one => one.At).ThenBy(static one => one.Customer))
        {
            while (known.TryPeek(out var outcome) && outcome.KnownAt <= score.At)
            {
                calibration.Add(outcome.Score, outcome.Outcome, outcome.At, outcome.KnownAt);
                known.Dequeue();
            }

            raw += QualityTally.LogLossOf(score.Score, score.Outcome);
            corrected += QualityTally.LogLossOf(calibration.Apply(score.Score), score.Outcome);
            count++;
        }

        return (head, raw / count, corrected / count, count);
    }
}
