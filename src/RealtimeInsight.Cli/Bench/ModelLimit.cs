using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Cli.Bench;

/// <summary>Steps of the bare model: threads that do nothing but run a full batch again and again through IO binding.</summary>
internal sealed class ModelLimit(IModelRunner runner, TimeProvider time)
{
    /// <summary>Callers and rows of the rate that engines are compared with.</summary>
    public const int ReferenceCallers = 2;

    /// <inheritdoc cref="ReferenceCallers"/>
    public const int ReferenceRows = 64;

    private const int RunsBetweenLooks = 16;

    /// <summary>The rate that <c>ratio_to_limit</c> is taken of.</summary>
    public LimitRate Reference(TimeSpan length) => Measure(ReferenceCallers, ReferenceRows, length);

    public LimitRate Measure(int callers, int rows, TimeSpan length) => Measure(callers, rows, rows, length);

    /// <summary>The same with batches that have room for more rows than are run, so that runs are padded as the runner pads.</summary>
    public LimitRate Measure(int callers, int rows, int rowsMax, TimeSpan length)
    {
        var batches = Enumerable.Range(0, callers).Select(_ => Filled(rowsMax)).ToArray();
        foreach (var batch in batches) batch.Rows = rows;
        try
        {
            // The first run of a size binds its buffers.
            foreach (var batch in batches) runner.Step(batch);
            var counts = new long[callers];
            var cpu = Environment.CpuUsage.TotalTime;
            var started = time.GetTimestamp();
            var threads = batches.Select((batch, i) => new Thread(() => counts[i] = Run(batch, started, length))).ToArray();
            foreach (var thread in threads) thread.Start();
            foreach (var thread in threads) thread.Join();
            var seconds = time.GetElapsedTime(started).TotalSeconds;
            var steps = counts.Sum();
            return new LimitRate(steps / seconds, (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / steps);
        }
        finally
        {
            foreach (var batch in batches) batch.RunnerState?.Dispose();
        }
    }

    private long Run(ScoreBatch batch, long started, TimeSpan length)
    {
        var runs = 0L;
        do
        {
            for (var i = 0; i < RunsBetweenLooks; i++) runner.Step(batch);
            runs += RunsBetweenLooks;
        }
        while (time.GetElapsedTime(started) < length);
        return runs * batch.Rows;
    }

    /// <summary>Rows that differ, with ids in range.</summary>
    private static ScoreBatch Filled(int rows)
    {
        var batch = new ScoreBatch(rows) { Rows = rows };
        var random = new Random(1);
        foreach (ref var value in batch.Tokens.AsSpan()) value = random.NextSingle();
        foreach (ref var value in batch.Profile.AsSpan()) value = random.NextSingle();
        foreach (ref var value in batch.StateIn.AsSpan()) value = random.NextSingle() - 0.5f;
        foreach (ref var value in batch.Ids.AsSpan()) value = random.Next(32);
        return batch;
    }
}

/// <param name="RowsPerSecond">Of all callers together; for a store, events.</param>
/// <param name="CpuMicrosecondsPerRow">Processor time of the whole process.</param>
internal readonly record struct LimitRate(double RowsPerSecond, double CpuMicrosecondsPerRow);
