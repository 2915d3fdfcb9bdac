using Orleans.Storage;
using RealtimeInsight.Orleans.Actors;

namespace RealtimeInsight.Orleans.Deadlines;

/// <summary>Runs its slots on every tick: the current one, and before it those that are not over and empty yet.</summary>
[GrainType("ri.deadline-bucket")]
internal sealed class DeadlineBucketGrain(
    [PersistentState("deadline-bucket", SiloHosting.StorageName)] IPersistentState<DeadlineBucketState> storage, CustomerCore core)
    : Grain, IDeadlineBucketGrain
{
    private IGrainTimer? _tick;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _tick = this.RegisterGrainTimer(OnTickAsync, new GrainTimerCreationOptions
        {
            DueTime = TimeSpan.Zero, Period = core.Options.DeadlineTick, Interleave = true, KeepAlive = true,
        });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _tick?.Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task KeepRunningAsync() => Task.CompletedTask;

    private async Task OnTickAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(cancellationToken);
        }
        catch (InconsistentStateException)
        {
            DeactivateOnIdle();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            GrainLog.DeadlinesFailed(core.Logger, core.Options.DeadlineTick, exception);
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var current = DeadlineSlots.SlotOf(core.IndexNow);
        if (!storage.RecordExists)
        {
            // Entries may have been put into the slot that ended just before the first tick.
            storage.State.FirstSlot = current - 1;
            await storage.WriteStateAsync(cancellationToken);
        }

        var first = storage.State.FirstSlot;
        for (var slot = first; slot <= current && !cancellationToken.IsCancellationRequested; slot++)
        {
            var key = DeadlineSlots.KeyOf((int)this.GetPrimaryKeyLong(), slot);
            var isDone = await GrainFactory.GetGrain<IDeadlineSlotGrain>(key).RunAsync();
            if (isDone && slot == first) first = slot + 1;
        }

        if (first == storage.State.FirstSlot) return;
        storage.State.FirstSlot = first;
        await storage.WriteStateAsync(cancellationToken);
    }
}
