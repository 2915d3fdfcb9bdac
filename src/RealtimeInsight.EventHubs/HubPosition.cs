namespace RealtimeInsight.EventHubs;

/// <summary>A place in one partition of a hub.</summary>
/// <param name="SequenceNumber">Grows by one with each event of the partition.</param>
/// <param name="Offset">The hub's own mark of the place, opaque.</param>
public readonly record struct HubPosition(long SequenceNumber, string Offset);
