using Azure.Core;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Processor;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.EventHubs.Azure;

/// <summary>
/// Event Hubs' processor with a pump for each partition: it shares the partitions with other readers of the consumer group, hands over
/// batches, and reads a partition again from its checkpoint when its pump throws.
/// </summary>
internal sealed class HubProcessor : PluggableCheckpointStoreEventProcessor<HubPartition>
{
    private readonly ICustomerEngine _engine;
    private readonly IHubEventReader _reader;
    private readonly HubReaderOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public HubProcessor(
        CheckpointStore checkpoints, HubReaderOptions options, ICustomerEngine engine, IHubEventReader reader, TimeProvider time,
        ILogger logger)
        : base(
            checkpoints, options.BatchEventsMax, options.ConsumerGroup, options.ConnectionString, options.Hub, ProcessorOptions(options)) =>
        (_engine, _reader, _options, _time, _logger) = (engine, reader, options, time, logger);

    public HubProcessor(
        CheckpointStore checkpoints, HubReaderOptions options, TokenCredential credential, ICustomerEngine engine, IHubEventReader reader,
        TimeProvider time, ILogger logger)
        : base(
            checkpoints, options.BatchEventsMax, options.ConsumerGroup, options.Namespace, options.Hub, credential,
            ProcessorOptions(options)) =>
        (_engine, _reader, _options, _time, _logger) = (engine, reader, options, time, logger);

    protected override Task OnInitializingPartitionAsync(HubPartition partition, CancellationToken cancellationToken)
    {
        var id = partition.PartitionId;
        partition.Pump = new PartitionPump(
            _engine, _reader, _options,
            (position, token) => UpdateCheckpointAsync(id, new CheckpointPosition(position.Offset, position.SequenceNumber), token),
            _time, _logger);
        HubLog.Owned(_logger, id);
        return Task.CompletedTask;
    }

    protected override Task OnProcessingEventBatchAsync(
        IEnumerable<EventData> events, HubPartition partition, CancellationToken cancellationToken)
    {
        var hub = $"{FullyQualifiedNamespace}/{EventHubName}";
        var received = events.Select(one => new HubEvent(
            new HubPosition(one.SequenceNumber, one.OffsetString),
            HubEventId.Of(one.MessageId, hub, partition.PartitionId, one.SequenceNumber),
            one.EnqueuedTime,
            one.EventBody.ToMemory())).ToList();
        return partition.Pump!.ProcessAsync(received, cancellationToken);
    }

    protected override async Task OnPartitionProcessingStoppedAsync(
        HubPartition partition, ProcessingStoppedReason reason, CancellationToken cancellationToken)
    {
        HubLog.Released(_logger, partition.PartitionId, reason.ToString());
        if (partition.Pump is not { } pump) return;
        await pump.StopAsync(isOwned: reason == ProcessingStoppedReason.Shutdown, cancellationToken).ConfigureAwait(false);
    }

    protected override Task OnProcessingErrorAsync(
        Exception exception, HubPartition? partition, string operationDescription, CancellationToken cancellationToken)
    {
        HubLog.ReadingFailed(_logger, operationDescription, partition?.PartitionId ?? "none", exception);
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
