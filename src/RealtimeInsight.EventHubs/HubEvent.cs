namespace RealtimeInsight.EventHubs;

/// <summary>One event as it lies in a partition of a hub.</summary>
/// <param name="Position">Where it lies.</param>
/// <param name="Id">Stays the same however often the event is read; see <see cref="HubEventId"/>.</param>
/// <param name="EnqueuedAt">When the hub took it in: the time of receipt.</param>
/// <param name="Body">As the producer sent it; valid until the reading of its batch returns.</param>
public readonly record struct HubEvent(HubPosition Position, string Id, DateTimeOffset EnqueuedAt, ReadOnlyMemory<byte> Body)
{
    /// <summary>W3C trace context of the sender; null without one.</summary>
    public string? TraceParent { get; init; }
}
