using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.EventHubs;

/// <summary>
/// What a hub's bytes mean: the formats that the HTTP intake takes. Called for the partitions of a hub at the same time, so thread-safe.
/// </summary>
public interface IHubEventReader
{
    /// <summary>Adds the events of customers that are in it, and a reject with its reason for all that is none.</summary>
    void Read(in HubEvent received, ICollection<CustomerEvent> events, ICollection<RejectedItem> rejects);
}
