using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Scoring;

/// <summary>
/// What counts as the outcome of a score: one wording for the labels that training learns from, looking back over a whole history, and for
/// those that a live engine gives to its own scores as events come.
/// </summary>
public static class OutcomeRules
{
    /// <summary>Churned: no new session begins within this time after the event.</summary>
    public static readonly TimeSpan ChurnHorizon = TimeSpan.FromDays(30);

    /// <summary>Abandoned: a cart is open after the event, and no order follows within this time.</summary>
    public static readonly TimeSpan AbandonmentHorizon = TimeSpan.FromHours(24);

    /// <summary>Bought: an order other than the event's own follows within this time.</summary>
    public static readonly TimeSpan PurchaseHorizon = TimeSpan.FromHours(24);

    /// <summary>The order that an event names; 0 for none.</summary>
    public static ulong OrderOf(CustomerEvent customerEvent)
    {
        ArgumentNullException.ThrowIfNull(customerEvent);
        return customerEvent.OrderId is { } order ? StableHash.Of(order) : 0;
    }

    /// <summary>Whether an order is another than the scored event's own, whose further lines are no new purchase.</summary>
    public static bool IsOtherOrder(ulong own, ulong order) => own == 0 || own != order;

    /// <summary>Whether what came next came in time.</summary>
    public static bool Within(Instant next, Instant at, TimeSpan horizon) => next.HasValue && next <= at + horizon;
}
