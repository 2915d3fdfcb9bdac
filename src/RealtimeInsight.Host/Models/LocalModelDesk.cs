using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Engine.Watching;
using RealtimeInsight.Inference.Lifecycle;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Monitoring;
using RealtimeInsight.Inference.Pool;

namespace RealtimeInsight.Host.Models;

/// <summary>
/// The registry over the folders of an engine that does not run: the same checks and warm-ups, in this process. Holds the data folder, so
/// that no engine starts meanwhile.
/// </summary>
public sealed class LocalModelDesk : IModelDesk
{
    private readonly ServiceProvider _services;
    private readonly DataFolder _data;
    private readonly InferencePool _pool;
    private readonly ModelRegistry _registry;
    private readonly WatchOptions _watch;

    private LocalModelDesk(HostSettings settings, DataFolder data, TimeProvider time)
    {
        _data = data;
        _watch = settings.Engine.Watch;
        _services = new ServiceCollection().AddMetrics().AddLogging().BuildServiceProvider();
        (_pool, _registry) = ModelSetup.Create(
            settings.Inference, data.Path, _services.GetRequiredService<IMeterFactory>(),
            _services.GetRequiredService<ILoggerFactory>(), time);
    }

    /// <exception cref="SetupException">The data folder is used by a running engine, or cannot be written to.</exception>
    public static async Task<LocalModelDesk> OpenAsync(HostSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var desk = new LocalModelDesk(settings, DataFolder.Open(settings.Host.DataDir), time);
        try
        {
            await Task.Run(desk._registry.Start, cancellationToken).ConfigureAwait(false);
            return desk;
        }
        catch
        {
            await desk.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public Task<ModelListing> ListAsync(CancellationToken cancellationToken) => DoAsync(static () => { }, cancellationToken);

    public Task<ModelWatch> WatchAsync(CancellationToken cancellationToken)
    {
        var monitor = new ModelMonitor(_watch.OutcomeWindow, _watch.DriftWindow);
        try
        {
            IReadOnlyList<WaitingScores> waiting = new WatchFile(_data.Path).Read() is { } bytes
                ? WatchSnapshot.Read(bytes, monitor).Waiting : [];
            return Task.FromResult(monitor.Read(waiting));
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new ModelDeskException(
                $"{Path.Combine(_data.Path, WatchFile.FileName)} cannot be read ({problem.Message}); "
                + "the engine counts anew from its next start",
                problem);
        }
    }

    public Task<ModelListing> RegisterAsync(ModelFiles files, CancellationToken cancellationToken) =>
        DoAsync(() => _registry.Register(files), cancellationToken);

    public Task<ModelListing> ChangeAsync(ModelChange change, CancellationToken cancellationToken) =>
        DoAsync(() => change.Apply(_registry), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync().ConfigureAwait(false);
        await _services.DisposeAsync().ConfigureAwait(false);
        _data.Dispose();
    }

    private async Task<ModelListing> DoAsync(Action action, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(action, cancellationToken).ConfigureAwait(false);
            return _registry.List();
        }
        catch (Exception refused) when (refused is ModelRefusedException or ModelRequestException)
        {
            throw new ModelDeskException(refused.Message, refused);
        }
    }
}
