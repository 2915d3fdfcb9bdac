using Azure.Core;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.EventHubs.Azure;

/// <summary>Reads a hub into the engine, from the last checkpoint on, sharing its partitions with the other readers of its group.</summary>
public sealed class HubReader : IAsyncDisposable
{
    private readonly HubProcessor _processor;
    private readonly HubReaderOptions _options;

    /// <param name="credential">Signs in where the options have no connection string; null otherwise.</param>
    /// <exception cref="ArgumentException">An option is out of its bounds, or a credential is missing; all problems are listed.</exception>
    public HubReader(
        HubReaderOptions options, TokenCredential? credential, ICustomerEngine engine, IHubEventReader reader, TimeProvider time,
        ILogger<HubReader> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> problems = [.. HubReaderOptions.Validate(options)];
        if (credential is null && (options.ConnectionString.Length == 0 || options.CheckpointConnectionString.Length == 0))
        {
            problems.Add("there is a connection string missing and no credential to sign in with; give one of the two");
        }

        if (problems.Count > 0) throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
        _options = options;
        var container = options.CheckpointConnectionString.Length > 0
            ? new BlobContainerClient(options.CheckpointConnectionString, options.CheckpointContainer)
            : new BlobContainerClient(new Uri(options.CheckpointContainer), credential);
        var checkpoints = new BlobCheckpointStore(container);
        _processor = options.ConnectionString.Length > 0
            ? new HubProcessor(checkpoints, options, engine, reader, time, logger)
            : new HubProcessor(checkpoints, options, credential!, engine, reader, time, logger);
    }

    /// <exception cref="InvalidOperationException">
    /// The hub or the container cannot be read; the message says which and what to do.
    /// </exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _processor.StartProcessingAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            var where = fault is AggregateException several ? several.InnerExceptions[0].Message : fault.Message;
            throw new InvalidOperationException(
                $"hub '{_options.Hub}', consumer group '{_options.ConsumerGroup}', with checkpoints in '{_options.CheckpointContainer}' "
                + $"cannot be read: {where} Check the names, and that the account may listen and may write blobs", fault);
        }
    }

    /// <summary>Returns when every partition is released and its checkpoint saved.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _processor.StopProcessingAsync(cancellationToken);

    public async ValueTask DisposeAsync() => await _processor.StopProcessingAsync(CancellationToken.None).ConfigureAwait(false);
}
