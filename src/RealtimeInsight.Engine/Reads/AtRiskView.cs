using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Segments;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Engine.Reads;

/// <summary>What the list of customers at risk shows of one.</summary>
public static class AtRiskView
{
    /// <summary>A copy: later changes of the state do not reach it.</summary>
    public static CustomerAtRisk Of(CustomerState state, Instant asOf)
    {
        ArgumentNullException.ThrowIfNull(state);
        var cart = state.Cart is { } found && CartStates.IsOpen(found.State) ? found : null;
        return new CustomerAtRisk(
            state.Id.Value, cart is null ? null : CartStates.WireName(cart.State), cart?.Value ?? 0m, cart?.Currency, state.Scores.Churn,
            cart is null ? null : state.Scores.Abandonment, state.Scores.Purchase, state.LastSeen, SegmentRules.Of(state, asOf));
    }

    /// <summary>With a cart the larger of abandonment and churn, else churn.</summary>
    public static float Risk(CustomerAtRisk customer)
    {
        ArgumentNullException.ThrowIfNull(customer);
        return Math.Max(customer.Churn, customer.Abandonment ?? 0f);
    }
}
