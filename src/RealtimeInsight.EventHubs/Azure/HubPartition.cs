using Azure.Messaging.EventHubs.Primitives;

namespace RealtimeInsight.EventHubs.Azure;

/// <summary>What this reader knows of a partition while it owns it.</summary>
internal sealed class HubPartition : EventProcessorPartition
{
    public PartitionPump? Pump { get; set; }
}
