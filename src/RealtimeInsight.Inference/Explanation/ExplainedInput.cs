using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Inference.Explanation;

/// <summary>What a model is given to score a customer, copied, so that the customer may change meanwhile.</summary>
public sealed class ExplainedInput
{
    /// <summary>Kept events, at least 1; the last is the newest.</summary>
    public int Length { get; private set; }

    public float[] Tokens { get; } = new float[CustomerOptions.LastEventsMaxLimit * ModelContract.TokenFeatures];

    public long[] Ids { get; } = new long[CustomerOptions.LastEventsMaxLimit * ModelContract.TokenIds];

    public float[] Profile { get; } = new float[ModelContract.ProfileFeatures];

    /// <summary>The input at the customer's newest event; null before the first.</summary>
    public static ExplainedInput? Of(CustomerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.EventCount == 0) return null;
        var input = new ExplainedInput();
        FeatureExtractor.Profile(state, state.LastSeen, input.Profile);
        input.Length = FeatureExtractor.LastTokens(state, input.Tokens, input.Ids);
        return input;
    }
}
