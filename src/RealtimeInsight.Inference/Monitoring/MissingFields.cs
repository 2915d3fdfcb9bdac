using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Inference.Monitoring;

/// <summary>
/// Which fields an event should have carried, by its kind, and which of them it lacked. Seen in the model's own input, so that a replay of
/// training data and a live engine count the same.
/// </summary>
public static class MissingFields
{
    private const int Value = 3;

    /// <summary>Position of "has a value" in a token.</summary>
    private const int HasValue = 4;

    public static IReadOnlyList<string> Names { get; } = ["category", "brand", "item", "value"];

    /// <summary>Calls back for each field that the event should have carried.</summary>
    public static void Visit<T>(ReadOnlySpan<float> token, ReadOnlySpan<long> ids, T counter)
        where T : IMissingCounter, allows ref struct
    {
        if (token.Length < ModelContract.TokenFeatures) throw new ArgumentException("a token is shorter than its contract", nameof(token));
        var kind = (EventKind)ids[0];
        if (kind is EventKind.ProductViewed or EventKind.CartAdded)
        {
            for (var field = 0; field < Value; field++) counter.Count(field, ids[field + 1] == 0);
        }

        if (kind is EventKind.CartAdded or EventKind.OrderCompleted) counter.Count(Value, token[HasValue] == 0f);
    }
}

/// <summary>Takes what <see cref="MissingFields.Visit"/> finds.</summary>
public interface IMissingCounter
{
    void Count(int field, bool isMissing);
}
