namespace RealtimeInsight.Orleans;

/// <summary>Work of a silo that is done every second from when it is active until it stops, the first time at once.</summary>
internal abstract class SiloLoop(TimeProvider time) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    protected static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(GetType().Name, ServiceLifecycleStage.Active, StartAsync, StopAsync);

    public void Dispose() => _stopping.Dispose();

    /// <summary>One round. Has to survive its own failures: an exception ends the loop.</summary>
    protected abstract Task RunOnceAsync(CancellationToken cancellationToken);

    /// <summary>What is left to do when the last round is over.</summary>
    protected virtual Task FinishAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        using var ticks = new PeriodicTimer(Period, time);
        try
        {
            do
            {
                await RunOnceAsync(_stopping.Token).ConfigureAwait(false);
            }
            while (await ticks.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The silo stops.
        }
    }
}
