using Microsoft.Extensions.Hosting;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Host;
using RealtimeInsight.Inference.Lifecycle;

namespace RealtimeInsight.Silo;

/// <summary>Opens the engine's gate when the silo is a member of its cluster: the engine is the cluster, whichever silo is asked.</summary>
internal sealed class ClusterLauncher(ClusterEngine engine, IHostApplicationLifetime lifetime) : IEngineLauncher
{
    public async Task<IRunningEngine> StartAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult()).ConfigureAwait(false);
        await started.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return engine;
    }
}
