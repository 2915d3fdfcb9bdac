using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Pool;

/// <summary>
/// Finds out which batch sizes pay for a model on this machine. A run takes as long as its padded rows: many sizes waste few rows, but a
/// size that takes as long as the next one is of no use, as on a device that is far from full.
/// </summary>
internal static class BatchSizeTrial
{
    /// <summary>The fastest of so many runs counts, so that a busy moment of the machine is not the size's.</summary>
    private const int Runs = 5;

    /// <summary>A size pays when its run is quicker than the next larger one's by more than this share of it.</summary>
    private const double GainMin = 0.05;

    /// <summary>
    /// The sizes that pay for batches of up to <see cref="ScoreBatch.RowsMax"/> rows, of those that the runner pads to now. Each has been
    /// run before. Round by round, so that a slow moment falls on one run of every size.
    /// </summary>
    public static BatchSizes Run(IModelRunner runner, ScoreBatch batch, BatchSizes tried, TimeProvider time)
    {
        var fastest = new TimeSpan[tried.Count(batch.RowsMax)];
        Array.Fill(fastest, TimeSpan.MaxValue);
        for (var run = 0; run < Runs; run++)
        {
            for (var size = 0; size < fastest.Length; size++)
            {
                batch.Rows = tried.At(size, batch.RowsMax);
                var started = time.GetTimestamp();
                runner.Step(batch);
                var elapsed = time.GetElapsedTime(started);
                if (elapsed < fastest[size]) fastest[size] = elapsed;
            }
        }

        return Choose([.. fastest.Select((duration, size) => (tried.At(size, batch.RowsMax), duration))]);
    }

    /// <summary>Of measured sizes, ascending, those that pay; the largest always does.</summary>
    internal static BatchSizes Choose(IReadOnlyList<(int Rows, TimeSpan Duration)> measured)
    {
        // A clock that does not move tells nothing.
        if (measured[^1].Duration <= TimeSpan.Zero) return BatchSizes.PowersOfTwo;
        var chosen = new List<int> { measured[^1].Rows };
        var next = measured[^1].Duration;
        for (var size = measured.Count - 2; size >= 0; size--)
        {
            if (measured[size].Duration >= next * (1 - GainMin)) continue;
            chosen.Add(measured[size].Rows);
            next = measured[size].Duration;
        }

        chosen.Reverse();
        return new BatchSizes(chosen);
    }
}
