using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Inference;

/// <summary>
/// Input and output rows of one model step, row-major in pinned arrays that a runner binds once and reuses: nothing is
/// allocated a run. Owned by one caller at a time; not thread-safe.
/// </summary>
public sealed class ScoreBatch
{
    /// <param name="rowsMax">Most rows of one run, 1 to 4,096.</param>
    public ScoreBatch(int rowsMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowsMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rowsMax, 4096);
        RowsMax = rowsMax;
        Tokens = Pinned<float>(rowsMax * ModelContract.TokenFeatures);
        Ids = Pinned<long>(rowsMax * ModelContract.TokenIds);
        Profile = Pinned<float>(rowsMax * ModelContract.ProfileFeatures);
        StateIn = Pinned<float>(rowsMax * ModelContract.StateWidth);
        StateOut = Pinned<float>(rowsMax * ModelContract.StateWidth);
        Churn = Pinned<float>(rowsMax);
        Abandonment = Pinned<float>(rowsMax);
        Purchase = Pinned<float>(rowsMax);
        ItemQuery = Pinned<float>(rowsMax * ModelContract.ItemQueryWidth);
    }

    public int RowsMax { get; }

    /// <summary>Rows in use, 0 to <see cref="RowsMax"/>; set by the caller before a run.</summary>
    public int Rows { get; set; }

    public float[] Tokens { get; }

    public long[] Ids { get; }

    public float[] Profile { get; }

    public float[] StateIn { get; }

    public float[] StateOut { get; }

    /// <summary>Raw logit when the runner is done, calibrated probability when the lease hands the batch back.</summary>
    public float[] Churn { get; }

    public float[] Abandonment { get; }

    public float[] Purchase { get; }

    public float[] ItemQuery { get; }

    /// <summary>What a runner keeps with this batch (its bindings); replaced when another runner takes the batch.</summary>
    public IDisposable? RunnerState { get; set; }

    public Span<float> TokenRow(int row) => Tokens.AsSpan(row * ModelContract.TokenFeatures, ModelContract.TokenFeatures);

    public Span<long> IdRow(int row) => Ids.AsSpan(row * ModelContract.TokenIds, ModelContract.TokenIds);

    public Span<float> ProfileRow(int row) => Profile.AsSpan(row * ModelContract.ProfileFeatures, ModelContract.ProfileFeatures);

    public Span<float> StateInRow(int row) => StateIn.AsSpan(row * ModelContract.StateWidth, ModelContract.StateWidth);

    public Span<float> StateOutRow(int row) => StateOut.AsSpan(row * ModelContract.StateWidth, ModelContract.StateWidth);

    public HeadScores Scores(int row) => new(Churn[row], Abandonment[row], Purchase[row]);

    private static T[] Pinned<T>(int length) => GC.AllocateArray<T>(length, pinned: true);
}
