using Azure;
using Azure.Core;
using Azure.Identity;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging;
using RealtimeInsight.EventHubs.Azure;

namespace RealtimeInsight.EventHubs;

/// <summary>
/// Reads a hub into sinks, one for each partition, from the last checkpoint on, sharing its partitions with the other readers of its group.
/// Without connection strings the process's identity signs in.
/// </summary>
public sealed class HubReader : IAsyncDisposable
{
    private readonly HubReaderOptions _options;
    private readonly ILogger _logger;
    private readonly TokenCredential? _credential;
    private readonly BlobContainerClient _checkpoints;
    private readonly HubProcessor _processor;

    /// <param name="sinkOf">Makes the sink of a partition, by its name, when it begins to be read here.</param>
    /// <exception cref="HubException">The options cannot be used; every problem is listed.</exception>
    public HubReader(
        HubReaderOptions options, Func<string, IPartitionSink> sinkOf, IHubEventReader reader, HubInstruments instruments,
        TimeProvider time, ILogger<HubReader> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = HubReaderOptions.Validate(options);
        if (problems.Count > 0) throw new HubException(string.Join(Environment.NewLine, problems.Select(static one => $"HubReader:{one}")));
        (_options, _logger) = (options, logger);
        var hasSecrets = options.ConnectionString.Length > 0 && options.CheckpointConnectionString.Length > 0;
        _credential = hasSecrets ? null : new DefaultAzureCredential();
        _checkpoints = Container(options, _credential, options.CheckpointContainer, nameof(options.CheckpointContainer));
        var parts = new HubProcessor.Parts(options, sinkOf, reader, instruments, time, logger);
        try
        {
            var store = new BlobCheckpointStore(_checkpoints);
            _processor = options.ConnectionString.Length > 0
                ? new HubProcessor(store, parts)
                : new HubProcessor(store, parts, _credential!);
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException)
        {
            throw new HubException(HubFault.OfHub(options, HubFaultKind.BadConnectionString, fault.GetType().Name), fault);
        }
    }

    /// <summary>The container of <see cref="HubReaderOptions.DeadLetterContainer"/>.</summary>
    /// <exception cref="HubException">The connection string cannot be read.</exception>
    public static IPoisonStore DeadLetters(HubReaderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var credential = options.CheckpointConnectionString.Length > 0 ? null : new DefaultAzureCredential();
        var container = Container(options, credential, options.DeadLetterContainer, nameof(options.DeadLetterContainer));
        return new BlobPoison(container, options.Hub);
    }

    /// <exception cref="HubException">The hub or a container cannot be used; the message says which and what to do.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await RequireAsync(_checkpoints, nameof(_options.CheckpointContainer), _options.CheckpointContainer, cancellationToken)
            .ConfigureAwait(false);
        if (_options.DeadLetterContainer.Length > 0)
        {
            var letters = Container(_options, _credential, _options.DeadLetterContainer, nameof(_options.DeadLetterContainer));
            await RequireAsync(letters, nameof(_options.DeadLetterContainer), _options.DeadLetterContainer, cancellationToken)
                .ConfigureAwait(false);
        }

        var partitions = await PartitionsAsync(cancellationToken).ConfigureAwait(false);
        if (HubFault.OfPartitions(_options, partitions) is { } other) throw new HubException(other);
        try
        {
            await _processor.StartProcessingAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is AggregateException or EventHubsException or RequestFailedException)
        {
            var first = fault is AggregateException several ? several.InnerExceptions[0] : fault;
            throw new HubException(HubFault.OfHub(_options, KindOf(first), DetailOf(first)), fault);
        }

        HubLog.Reading(_logger, _options.Hub, _options.ConsumerGroup, partitions);
    }

    /// <summary>Returns when every partition is released and its checkpoint saved.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _processor.StopProcessingAsync(cancellationToken);

    public async ValueTask DisposeAsync() => await _processor.StopProcessingAsync(CancellationToken.None).ConfigureAwait(false);

    private static BlobContainerClient Container(HubReaderOptions options, TokenCredential? credential, string container, string setting)
    {
        try
        {
            return options.CheckpointConnectionString.Length > 0
                ? new BlobContainerClient(options.CheckpointConnectionString, container)
                : new BlobContainerClient(new Uri(container), credential!);
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException)
        {
            var detail = fault.GetType().Name;
            throw new HubException(HubFault.OfContainer(options, setting, container, HubFaultKind.BadConnectionString, detail), fault);
        }
    }

    private async Task RequireAsync(BlobContainerClient client, string setting, string container, CancellationToken cancellationToken)
    {
        var kind = HubFaultKind.NotFound;
        var detail = "the account says so";
        try
        {
            if ((await client.ExistsAsync(cancellationToken).ConfigureAwait(false)).Value) return;
        }
        catch (Exception fault) when (fault is RequestFailedException or AuthenticationFailedException or AggregateException)
        {
            var first = fault is AggregateException several ? several.InnerExceptions[0] : fault;
            (kind, detail) = (KindOf(first), DetailOf(first));
        }

        throw new HubException(HubFault.OfContainer(_options, setting, container, kind, detail));
    }

    private async Task<int> PartitionsAsync(CancellationToken cancellationToken)
    {
        var client = _options.ConnectionString.Length > 0
            ? new EventHubConsumerClient(_options.ConsumerGroup, _options.ConnectionString, _options.Hub)
            : new EventHubConsumerClient(_options.ConsumerGroup, _options.Namespace, _options.Hub, _credential!);
        await using (client.ConfigureAwait(false))
        {
            try
            {
                return (await client.GetPartitionIdsAsync(cancellationToken).ConfigureAwait(false)).Length;
            }
            catch (Exception fault) when (fault is EventHubsException or UnauthorizedAccessException or AuthenticationFailedException
                or System.Net.Sockets.SocketException)
            {
                throw new HubException(HubFault.OfHub(_options, KindOf(fault), DetailOf(fault)), fault);
            }
        }
    }

    private static HubFaultKind KindOf(Exception fault) => fault switch
    {
        EventHubsException { Reason: EventHubsException.FailureReason.ResourceNotFound } => HubFaultKind.NotFound,
        EventHubsException
        {
            Reason: EventHubsException.FailureReason.ServiceCommunicationProblem or EventHubsException.FailureReason.ServiceTimeout,
        } => HubFaultKind.Unreachable,
        UnauthorizedAccessException or AuthenticationFailedException => HubFaultKind.NotAllowed,
        RequestFailedException { Status: 404 } => HubFaultKind.NotFound,
        RequestFailedException { Status: 401 or 403 } => HubFaultKind.NotAllowed,
        RequestFailedException { Status: 0 } or System.Net.Sockets.SocketException => HubFaultKind.Unreachable,
        _ => HubFaultKind.Other,
    };

    private static string DetailOf(Exception fault) => fault switch
    {
        RequestFailedException answer => answer.ErrorCode ?? $"status {answer.Status}",
        EventHubsException hub => hub.Reason.ToString(),
        _ => fault.GetType().Name,
    };
}
