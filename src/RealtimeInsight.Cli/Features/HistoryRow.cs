using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Cli.Features;

/// <summary>As much of an event as the outcomes of earlier events depend on.</summary>
/// <param name="Person">Index of the person: a visitor and the customer they turned out to be are one.</param>
/// <param name="ItemBucket">0 where the event names no product.</param>
/// <param name="OrderHash">0 where the event names no order.</param>
/// <param name="IsCartOpen">Whether a cart is open once the event is applied.</param>
public readonly record struct HistoryRow(
    Instant At, EventKind Kind, int Person, short ItemBucket = 0, ulong OrderHash = 0, bool IsCartOpen = false);
