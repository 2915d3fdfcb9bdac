using RealtimeInsight.Orleans.Actors;

namespace RealtimeInsight.Orleans.Deadlines;

/// <summary>Keeps the buckets of the deadline index active, from this silo as from every other.</summary>
internal sealed class DeadlineStarter(IGrainFactory grains, CustomerCore core, TimeProvider time)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(DeadlineStarter), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    public void Dispose() => _stopping.Dispose();

    private Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync()
    {
        using var ticks = new PeriodicTimer(s_period, time);
        try
        {
            do
            {
                await KeepRunningAsync().ConfigureAwait(false);
            }
            while (await ticks.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The silo stops: others keep the buckets running.
        }
    }

    private async Task KeepRunningAsync()
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(0, core.Options.DeadlineBuckets)
                .Select(bucket => grains.GetGrain<IDeadlineBucketGrain>(bucket).KeepRunningAsync()))
                .WaitAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (!_stopping.IsCancellationRequested)
        {
            // A bucket whose silo has just died answers again when the cluster has noticed.
            GrainLog.BucketUnreachable(core.Logger, s_period, exception);
        }
    }
}
