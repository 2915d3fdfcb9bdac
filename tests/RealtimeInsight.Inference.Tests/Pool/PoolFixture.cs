using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Inference.Tests.Fakes;

namespace RealtimeInsight.Inference.Tests.Pool;

/// <summary>A pool on manual time with everything around it in reach.</summary>
public sealed class PoolFixture : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public PoolFixture(Action<InferenceOptions>? configure = null)
    {
        Options = new InferenceOptions { WarmUpRowsMax = 64, CallersMax = 4 };
        configure?.Invoke(Options);
        Pool = new InferencePool(Options, Metrics.Instruments, Time, Logger);
    }

    public InferenceOptions Options { get; }

    public ManualTimeProvider Time { get; } = new();

    public InstrumentReader Metrics { get; } = new();

    public RecordingLogger<InferencePool> Logger { get; } = new();

    public InferencePool Pool { get; }

    /// <summary>Makes a fresh linear model current.</summary>
    public LinearModelRunner Serve(string version = "1")
    {
        var runner = new LinearModelRunner(TestManifest.Create(version));
        Pool.Swap(runner);
        return runner;
    }

    public ScoreOutcome StepOnce(ScoreBatch? batch = null)
    {
        using var lease = Pool.Lease();
        return lease.Step(batch ?? TestInputs.Batch(seed: 1, rows: 4));
    }

    public Task<ScoreReply> Score(
        ScorePriority priority = ScorePriority.Normal,
        TimeSpan? timeout = null,
        int seed = 1,
        CancellationToken cancellationToken = default) =>
        Pool.ScoreAsync(TestInputs.Request(seed, priority), timeout ?? Timeout.InfiniteTimeSpan, cancellationToken).AsTask();

    public async ValueTask DisposeAsync()
    {
        await Pool.DisposeAsync();
        Metrics.Dispose();
    }
}
