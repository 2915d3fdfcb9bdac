using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RealtimeInsight.EventHubs;

namespace RealtimeInsight.Host.EventHubs;

/// <summary>
/// Reads the configured hub once the engine takes events, and releases it before the engine stops, when its last checkpoints are saved. A
/// hub that cannot be read stops the process with a message.
/// </summary>
internal sealed partial class HubReaderService(
    Func<HubReader> create, EngineGate gate, HostOutcome outcome, IHostApplicationLifetime lifetime, ILogger<HubReaderService> logger)
    : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task<HubReader?> _started = Task.FromResult<HubReader?>(null);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _started = Task.Run(ReadAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (await _started.WaitAsync(cancellationToken).ConfigureAwait(false) is not { } reader) return;
        await reader.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task<HubReader?> ReadAsync()
    {
        try
        {
            await gate.OpenedAsync(_stopping.Token).ConfigureAwait(false);
            var reader = create();
            await reader.StartAsync(_stopping.Token).ConfigureAwait(false);
            return reader;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception fault)
        {
            // The edge of the process: a silo that was to read and does not would look healthy.
            if (fault is not HubException) LogFailed(logger, fault);
            outcome.Fail(fault.Message);
            lifetime.ApplicationStarted.Register(lifetime.StopApplication);
            return null;
        }
    }

    [LoggerMessage(5030, LogLevel.Critical, "The hub cannot be read")]
    private static partial void LogFailed(ILogger logger, Exception fault);
}
