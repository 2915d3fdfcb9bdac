using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Inference.Monitoring;

/// <summary>
/// What of a scored event is compared with the training data: its inputs, the probabilities that were asked for, and which fields it
/// should have carried, by its kind, and lacked. Seen in the model's own input, so that a replay of training data and a live engine count
/// the same.
/// </summary>
internal static class WatchedValues
{
    private const int Value = 3;

    /// <summary>Position of "has a value" in a token.</summary>
    private const int HasValue = 4;

    /// <summary>Position in a profile of the feature that says whether abandonment is asked.</summary>
    private static readonly int s_cartIsOpen = FeatureSchema.ProfileNames.ToList().IndexOf("cart_is_open");

    /// <summary>Names of the inputs in order: a token's features, then a profile's.</summary>
    public static IReadOnlyList<string> Inputs { get; } = [.. FeatureSchema.TokenNames, .. FeatureSchema.ProfileNames];

    /// <summary>Names of the fields that can be missing.</summary>
    public static IReadOnlyList<string> Fields { get; } = ["category", "brand", "item", "value"];

    public static void Visit(
        ReadOnlySpan<float> token, ReadOnlySpan<long> ids, ReadOnlySpan<float> profile, HeadScores scores, IWatchedValues to)
    {
        for (var i = 0; i < ModelContract.TokenFeatures; i++) to.Input(i, token[i]);
        for (var i = 0; i < ModelContract.ProfileFeatures; i++) to.Input(ModelContract.TokenFeatures + i, profile[i]);
        to.Score(ScoreHead.Churn, scores.Churn);
        if (profile[s_cartIsOpen] > 0f) to.Score(ScoreHead.Abandonment, scores.Abandonment);
        to.Score(ScoreHead.Purchase, scores.Purchase);
        var kind = (EventKind)ids[0];
        if (kind is EventKind.ProductViewed or EventKind.CartAdded)
        {
            for (var field = 0; field < Value; field++) to.Field(field, isMissing: ids[field + 1] == 0);
        }

        if (kind is EventKind.CartAdded or EventKind.OrderCompleted) to.Field(Value, isMissing: token[HasValue] == 0f);
    }
}

/// <summary>Takes what <see cref="WatchedValues.Visit"/> finds.</summary>
internal interface IWatchedValues
{
    /// <param name="input">By <see cref="WatchedValues.Inputs"/>.</param>
    void Input(int input, float value);

    void Score(ScoreHead head, float value);

    /// <summary>A field that the event should have carried.</summary>
    /// <param name="field">By <see cref="WatchedValues.Fields"/>.</param>
    void Field(int field, bool isMissing);
}
