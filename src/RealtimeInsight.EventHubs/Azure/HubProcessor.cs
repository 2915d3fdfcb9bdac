using Azure.Core;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Processor;
using Microsoft.Extensions.Logging;

namespace RealtimeInsight.EventHubs.Azure;

/// <summary>
/// Event Hubs' processor with a pump for each partition: it shares the partitions with other readers of the consumer group, hands over
/// batches, and reads a partition again from its checkpoint when its pump throws.
/// </summary>
internal sealed class HubProcessor : PluggableCheckpointStoreEventProcessor<HubPartition>
{
    private readonly Parts _parts;

    /// <summary>What every partition is read with.</summary>
    internal sealed record Parts(
        HubReaderOptions Options, Func<string, IPartitionSink> SinkOf, IHubEventReader Reader, HubInstruments Instruments,
        TimeProvider Time, ILogger Logger);

    public HubProcessor(CheckpointStore checkpoints, Parts parts)
        : base(
            checkpoints, parts.Options.BatchEventsMax, parts.Options.ConsumerGroup, parts.Options.ConnectionString, parts.Options.Hub,
            ProcessorOptions(parts.Options)) => _parts = parts;

    public HubProcessor(CheckpointStore checkpoints, Parts parts, TokenCredential credential)
        : base(
            checkpoints, parts.Options.BatchEventsMax, parts.Options.ConsumerGroup, parts.Options.Namespace, parts.Options.Hub, credential,
            ProcessorOptions(parts.Options)) => _parts = parts;

    /// <summary>The same for every reader of the hub.</summary>
    private string HubName => $"{FullyQualifiedNamespace}/{EventHubName}";

    protected override Task OnInitializingPartitionAsync(HubPartition partition, CancellationToken cancellationToken)
    {
        var id = partition.PartitionId;
        partition.Pump = new PartitionPump(
            id, _parts.SinkOf(HubEventId.PartitionOf(HubName, id)), _parts.Reader, _parts.Options,
            (position, token) => UpdateCheckpointAsync(id, new CheckpointPosition(position.Offset, position.SequenceNumber), token),
            _parts.Instruments, _parts.Time, _parts.Logger);
        HubLog.Owned(_parts.Logger, id);
        return Task.CompletedTask;
    }

    protected override Task OnProcessingEventBatchAsync(
        IEnumerable<EventData> events, HubPartition partition, CancellationToken cancellationToken)
    {
        var received = events.Select(one => new HubEvent(
            new HubPosition(one.SequenceNumber, one.OffsetString),
            HubEventId.Of(one.MessageId, HubName, partition.PartitionId, one.SequenceNumber),
            one.EnqueuedTime,
            one.EventBody.ToMemory())
        {
            TraceParent = HubTraces.ContextOf(one.Properties),
        }).ToList();
        return partition.Pump!.ProcessAsync(received, cancellationToken);
    }

    protected override async Task OnPartitionProcessingStoppedAsync(
        HubPartition partition, ProcessingStoppedReason reason, CancellationToken cancellationToken)
    {
        HubLog.Released(_parts.Logger, partition.PartitionId, reason.ToString());
        if (partition.Pump is not { } pump) return;
        await pump.StopAsync(isOwned: reason == ProcessingStoppedReason.Shutdown, cancellationToken).ConfigureAwait(false);
    }

    protected override Task OnProcessingErrorAsync(
        Exception exception, HubPartition? partition, string operationDescription, CancellationToken cancellationToken)
    {
        HubLog.ReadingFailed(_parts.Logger, operationDescription, partition?.PartitionId ?? "none", exception);
        return Task.CompletedTask;
    }

    private static EventProcessorOptions ProcessorOptions(HubReaderOptions options) => new()
    {
        DefaultStartingPosition = EventPosition.Earliest,
        PrefetchCount = options.PrefetchEventsMax,
        // Comes back without events, so that the last checkpoint of a quiet partition is saved.
        MaximumWaitTime = options.CheckpointAgeMax,
        LoadBalancingStrategy = LoadBalancingStrategy.Greedy,
    };
}
