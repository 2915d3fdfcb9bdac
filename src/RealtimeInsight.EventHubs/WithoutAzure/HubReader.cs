using Microsoft.Extensions.Logging;

namespace RealtimeInsight.EventHubs;

/// <summary>Stands in where Azure.Messaging.EventHubs could not be restored: a hub that is to be read stops the start.</summary>
public sealed class HubReader : IAsyncDisposable
{
    /// <exception cref="HubException">Always.</exception>
    public HubReader(
        HubReaderOptions options, Func<string, IPartitionSink> sinkOf, IHubEventReader reader, HubInstruments instruments,
        TimeProvider time, ILogger<HubReader> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        throw new HubException(
            $"HubReader:Hub is '{options.Hub}', and this build has no Event Hubs: the package registry that it was built with does not "
            + "serve Azure.Messaging.EventHubs; add a registry that does, run ./insight setup --again and build again, or leave it out");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <exception cref="HubException">Always.</exception>
    public static IPoisonStore DeadLetters(HubReaderOptions options) => throw new HubException(
        $"HubReader:DeadLetterContainer is '{options?.DeadLetterContainer}', and this build has no Azure Storage; leave it out");
}
