using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Text;

namespace RealtimeInsight.EventHubs;

/// <summary>
/// Ids of events whose body brings none: the producer's message id, else the place in the hub. Both are the same when the event is read
/// again, after a restart or by another reader, so that the engine knows it.
/// </summary>
internal static class HubEventId
{
    /// <param name="hub">Namespace and hub; its hash keeps the places of two hubs apart.</param>
    public static string Of(string? messageId, string hub, string partition, long sequenceNumber)
    {
        if (messageId is { Length: > 0 and <= EventId.LengthMax }) return messageId;
        return $"hub-{StableHash.Of(hub):x16}-{partition}-{sequenceNumber}";
    }

    /// <summary>The partition's name to customers, who remember how far they know each: the same for every reader.</summary>
    public static string PartitionOf(string hub, string partition) => $"hub-{StableHash.Of(hub):x16}-{partition}";
}
