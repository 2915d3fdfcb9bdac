using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Host.Learning;
using RealtimeInsight.Inference.Lifecycle;

namespace RealtimeInsight.Host;

/// <summary>Starts an engine; the embedded one in the product, another one in tests.</summary>
public interface IEngineLauncher
{
    /// <summary>Returns when the engine has recovered and takes events. What is degraded then is in its status.</summary>
    Task<IRunningEngine> StartAsync(CancellationToken cancellationToken);
}

/// <summary>A started engine. Disposing drains what was accepted, saves and closes.</summary>
public interface IRunningEngine : IAsyncDisposable
{
    ICustomerEngine Engine { get; }

    /// <summary>Decides which models serve; null where that is somebody else's.</summary>
    ModelRegistry? Models => null;

    /// <summary>Corrects scores by their outcomes; null where that is off.</summary>
    CorrectionsKeeper? Corrections => null;

    /// <summary>What the engine learns while it runs; null where nothing is learned.</summary>
    LearningDesk? Learned => null;

    /// <summary>Trained orders of next items; null where nothing is learned of items.</summary>
    NextItemRegistry? NextItems => null;

    /// <summary>Name and version of a model by its stamp; null where it is not known.</summary>
    string? NameOf(uint stamp) => null;

    /// <summary>
    /// What is degraded beside what the engine's own status says, such as a model that was refused; empty when all is well.
    /// </summary>
    IReadOnlyList<string> Problems { get; }
}

/// <summary>
/// Owns the engine's life: starts it behind the server, so that health can be asked meanwhile, opens the gate, and on stop, when the
/// server takes no more requests, drains and closes it. An engine that cannot start stops the process with a message.
/// </summary>
internal sealed partial class EngineService(
    IEngineLauncher launcher, EngineGate gate, HostOutcome outcome, IHostApplicationLifetime lifetime, ILogger<EngineService> logger)
    : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task<IRunningEngine?> _started = Task.FromResult<IRunningEngine?>(null);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _started = Task.Run(LaunchAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        gate.Close("the engine is stopping");
        await _stopping.CancelAsync().ConfigureAwait(false);
        var running = await _started.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (running is null) return;
        await running.DisposeAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        LogStopped(logger);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task<IRunningEngine?> LaunchAsync()
    {
        try
        {
            var running = await launcher.StartAsync(_stopping.Token).ConfigureAwait(false);
            gate.Open(running);
            LogStarted(logger);
            return running;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception fault)
        {
            // The edge of the process: without its engine the host has nothing to do, and says so in its exit code.
            // A refusal that says itself what to do needs no stack.
            if (fault is StoreException or SetupException) LogRefused(logger, fault.Message);
            else LogFailed(logger, fault);
            gate.Close($"the engine could not start: {fault.Message}");
            outcome.Fail($"the engine could not start: {fault.Message}");
            // Not before the start is over: a stop in its midst ends it as cancelled instead of with this message.
            lifetime.ApplicationStarted.Register(lifetime.StopApplication);
            return null;
        }
    }

    [LoggerMessage(5010, LogLevel.Information, "Engine started")]
    private static partial void LogStarted(ILogger logger);

    [LoggerMessage(5011, LogLevel.Information, "Engine stopped: everything accepted is saved")]
    private static partial void LogStopped(ILogger logger);

    [LoggerMessage(5012, LogLevel.Critical, "The engine could not start")]
    private static partial void LogFailed(ILogger logger, Exception fault);

    [LoggerMessage(5013, LogLevel.Critical, "The engine could not start: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
