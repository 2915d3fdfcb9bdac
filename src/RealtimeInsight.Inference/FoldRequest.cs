using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Identity;
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

    /// <summary>Adds the state's newest event; there has to be room for it.</summary>
    public void Add(CustomerState state)
    {
        var at = Length++;
        FeatureExtractor.Token(
            state,
            Tokens.AsSpan(at * ModelContract.TokenFeatures, ModelContract.TokenFeatures),
            Ids.AsSpan(at * ModelContract.TokenIds, ModelContract.TokenIds));
    }

    /// <summary>Takes the newest events of a whole history in place of what is here, as many as there is room for.</summary>
    /// <param name="history">In order of time.</param>
    public void Take(CustomerMachine machine, CustomerId customer, IReadOnlyList<UnionEvent> history)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(history);
        Length = 0;
        var replayed = new CustomerState(customer);
        var discarded = new EffectBuffer();
        for (var i = 0; i < history.Count; i++)
        {
            discarded.Clear();
            machine.Apply(replayed, history[i].Event, discarded);
            if (i >= history.Count - LengthMax) Add(replayed);
        }
    }
}
