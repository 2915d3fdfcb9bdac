using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Inference;

/// <summary>
/// One customer's kept events to be folded into a recurrent state in one run: after a model change, a gap in scoring or a reorder.
/// Arrays are row-major, <see cref="Length"/> rows of <see cref="ModelContract.TokenFeatures"/> and <see cref="ModelContract.TokenIds"/>.
/// </summary>
public sealed class FoldRequest(int lengthMax)
{
    public int LengthMax { get; } = lengthMax;

    /// <summary>Events in use, 1 to <see cref="LengthMax"/>; with none there is nothing to score, and the fold fails.</summary>
    public int Length { get; set; }

    public float[] Tokens { get; } = GC.AllocateArray<float>(lengthMax * ModelContract.TokenFeatures, pinned: true);

    public long[] Ids { get; } = GC.AllocateArray<long>(lengthMax * ModelContract.TokenIds, pinned: true);

    public float[] Profile { get; } = GC.AllocateArray<float>(ModelContract.ProfileFeatures, pinned: true);

    public float[] StateIn { get; } = GC.AllocateArray<float>(ModelContract.StateWidth, pinned: true);

    public float[] StateOut { get; } = GC.AllocateArray<float>(ModelContract.StateWidth, pinned: true);

    /// <summary>Calibrated probabilities after the last event, valid when the outcome is <see cref="ScoreOutcome.Scored"/>.</summary>
    public HeadScores Scores { get; set; }

    /// <summary>What a runner keeps with this request (its bindings); replaced when another runner takes the request.</summary>
    public IDisposable? RunnerState { get; set; }
}
