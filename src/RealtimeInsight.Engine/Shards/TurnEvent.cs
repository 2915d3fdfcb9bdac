using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Commit;

namespace RealtimeInsight.Engine.Shards;

/// <summary>One event of a turn, with its customer and where its outcome goes.</summary>
internal readonly record struct TurnEvent(CustomerEvent Event, CustomerSlot Slot, IngestPart Part, int Position, int Arrival)
{
    /// <summary>By event time, then by arrival.</summary>
    public static readonly Comparison<TurnEvent> ByTime = static (left, right) =>
    {
        var byTime = left.Event.OccurredAt.CompareTo(right.Event.OccurredAt);
        return byTime != 0 ? byTime : left.Arrival.CompareTo(right.Arrival);
    };
}
