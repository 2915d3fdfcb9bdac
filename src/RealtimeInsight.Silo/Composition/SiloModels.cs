using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Host;
using RealtimeInsight.Host.Models;
using RealtimeInsight.Inference.Lifecycle;
using RealtimeInsight.Inference.Pool;

namespace RealtimeInsight.Silo;

/// <summary>
/// The silo's inference pool with its registry: loaded and warmed up before the silo takes customers, closed after it has let go of them.
/// A model that cannot be used is a problem, not a failure.
/// </summary>
internal sealed class SiloModels : IHostedService, IAsyncDisposable
{
    public SiloModels(SiloSettings settings, DataFolder data, IMeterFactory meters, ILoggerFactory loggers, TimeProvider time) =>
        (Pool, Registry) = ModelSetup.Create(settings.Host.Inference, data.Path, meters, loggers, time);

    public InferencePool Pool { get; }

    public ModelRegistry Registry { get; }

    public Task StartAsync(CancellationToken cancellationToken) => Task.Run(Registry.Start, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => Pool.DisposeAsync();
}
