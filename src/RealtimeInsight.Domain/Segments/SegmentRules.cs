using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Segments;

/// <summary>The built-in segments: names for simple facts about a state, computed when asked, so that they are never stale.</summary>
public static class SegmentRules
{
    public const float ChurnRiskMin = 0.7f;
    public const float LikelyToBuyMin = 0.5f;
    public const decimal HighValueMin = 500m;

    public static IReadOnlyList<string> Names { get; } =
    [
        "visitor", "known", "new", "returning", "buyer", "repeat_buyer", "loyal", "high_value", "bargain_hunter", "troubled", "churn_risk",
        "likely_to_buy", "cart_open", "cart_at_risk", "cart_abandoned", "dormant", "lapsed",
    ];

    /// <summary>All segments of the customer at a moment, in the order of <see cref="Names"/>.</summary>
    public static IReadOnlyList<string> Of(CustomerState state, Instant now)
    {
        var segments = new List<string>();
        foreach (var name in Names)
        {
            if (Contains(state, name, now)) segments.Add(name);
        }

        return segments;
    }

    /// <exception cref="ArgumentOutOfRangeException">No segment has that name.</exception>
    public static bool Contains(CustomerState state, string segment, Instant now)
    {
        ArgumentNullException.ThrowIfNull(state);
        ref readonly var orders = ref state.Orders;
        return segment switch
        {
            "visitor" => state.Id.IsVisitor,
            "known" => !state.Id.IsVisitor,
            "new" => now - state.FirstSeen < TimeSpan.FromDays(7),
            "returning" => state.Session.Number >= 2,
            "buyer" => orders.Orders >= 1,
            "repeat_buyer" => orders.Orders >= 2,
            "loyal" => orders.Orders >= 4 && now - orders.LastOrderAt < TimeSpan.FromDays(90),
            "high_value" => orders.MonetaryValue >= HighValueMin,
            "bargain_hunter" => state.CountOf(EventKind.CouponApplied) >= 2,
            "troubled" => state.CountOf(EventKind.ServiceMessage) + state.CountOf(EventKind.PaymentFailed)
                + state.CountOf(EventKind.OrderRefunded) >= 2,
            "churn_risk" => state.ScoredAt.HasValue && state.Scores.Churn >= ChurnRiskMin,
            "likely_to_buy" => state.ScoredAt.HasValue && state.Scores.Purchase >= LikelyToBuyMin,
            "cart_open" => HasCart(state, CartState.Open) || HasCart(state, CartState.Recovered),
            "cart_at_risk" => HasCart(state, CartState.AtRisk),
            "cart_abandoned" => HasCart(state, CartState.Abandoned),
            "dormant" => state.DormancyLevel >= 1,
            "lapsed" => state.DormancyLevel >= 2,
            _ => throw new ArgumentOutOfRangeException(nameof(segment), segment, $"not a segment; known are {string.Join(", ", Names)}"),
        };
    }

    private static bool HasCart(CustomerState state, CartState cartState)
    {
        foreach (var cart in state.Carts)
        {
            if (cart.State == cartState) return true;
        }

        return false;
    }
}
