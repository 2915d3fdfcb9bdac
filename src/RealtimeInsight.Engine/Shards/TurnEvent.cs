using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Commit;

namespace RealtimeInsight.Engine.Shards;

/// <summary>One event of a turn, with where its outcome goes and, once it has been found, its customer.</summary>
internal record struct TurnEvent(CustomerEvent Event, IngestPart Part, int Position, int Arrival)
{
    /// <summary>Set before the event is applied.</summary>
    public CustomerSlot Slot = null!;

    /// <summary>Stable hash of the customer that the event counts for.</summary>
    public readonly ulong Hash => Part.HashAt(Position);

    /// <summary>The customer that the event counts for.</summary>
    public readonly CustomerId Customer => Part.IsForwarded(Position) ? Part.ForwardedTo(Position) : Event.Customer;

    /// <summary>By event time, then by arrival.</summary>
    public static readonly Comparison<TurnEvent> ByTime = static (left, right) =>
    {
        var byTime = left.Event.OccurredAt.CompareTo(right.Event.OccurredAt);
        return byTime != 0 ? byTime : left.Arrival.CompareTo(right.Arrival);
    };
}
