using Orleans.Concurrency;
using RealtimeInsight.Orleans.Actors;

namespace RealtimeInsight.Orleans.Deadlines;

/// <summary>
/// Reentrant: a customer that is called puts its next entry while the call goes on. Entries that come together are stored in one write.
/// </summary>
[Reentrant]
[GrainType("ri.deadline-slot")]
internal sealed class DeadlineSlotGrain(
    [PersistentState("deadlines", SiloHosting.StorageName)] IPersistentState<DeadlineSlotState> storage, CustomerCore core)
    : Grain, IDeadlineSlotGrain
{
    /// <summary>Calls made by one run; the rest is due in the next, so that no run takes long.</summary>
    private const int RunMax = 4096;

    private readonly Dictionary<string, long> _waiting = new(StringComparer.Ordinal);

    /// <summary>Being called now: still stored, and apart from what those customers put meanwhile.</summary>
    private readonly Dictionary<string, long> _called = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _failedUntilMs = new(StringComparer.Ordinal);
    private readonly SharedWrites _writes = new();
    private long _slot;
    private bool _isRunning;

    private bool IsOver => core.IndexNow.UnixMs > DeadlineSlots.EndMs(_slot) + DeadlineSlots.GraceMs;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _slot = DeadlineSlots.SlotIn(this.GetPrimaryKeyString());
        if (!storage.RecordExists) return Task.CompletedTask;
        foreach (var (customer, dueMs) in storage.State.DueMs) _waiting[customer] = dueMs;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<bool> PutAsync(string customer, long dueMs)
    {
        if (IsOver) return false;
        if (!_waiting.TryGetValue(customer, out var known) || dueMs < known)
        {
            _waiting[customer] = dueMs;
            _writes.Changed();
        }

        await _writes.SaveAsync(WriteAsync);
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> RunAsync()
    {
        if (_isRunning) return false;
        _isRunning = true;
        try
        {
            var due = Due();
            for (var i = 0; i < due.Count; i += core.Options.DeadlineWakesMax)
            {
                await Task.WhenAll(due.Skip(i).Take(core.Options.DeadlineWakesMax).Select(CallAsync));
            }

            await _writes.SaveAsync(WriteAsync);
            var isDone = IsOver && _waiting.Count == 0 && _called.Count == 0;
            if (isDone && storage.RecordExists) await storage.ClearStateAsync();
            return isDone;
        }
        finally
        {
            _isRunning = false;
        }
    }

    private List<string> Due()
    {
        var nowMs = core.IndexNow.UnixMs;
        return
        [
            .. _waiting.Where(one => one.Value <= nowMs && _failedUntilMs.GetValueOrDefault(one.Key) <= nowMs)
                .OrderBy(static one => one.Value).Take(RunMax).Select(static one => one.Key),
        ];
    }

    private async Task CallAsync(string customer)
    {
        _waiting.Remove(customer, out var dueMs);
        _called[customer] = dueMs;
        try
        {
            await GrainFactory.GetGrain<ICustomerWakeGrain>(customer).WakeAsync(dueMs);
            _failedUntilMs.Remove(customer);
        }
        catch (Exception exception)
        {
            GrainLog.WakeFailed(core.Logger, core.Options.SaveRetryWait, exception);
            _failedUntilMs[customer] = (core.IndexNow + core.Options.SaveRetryWait).UnixMs;
            _waiting[customer] = dueMs;
        }
        finally
        {
            _called.Remove(customer);
            _writes.Changed();
        }
    }

    private Task WriteAsync()
    {
        var due = new Dictionary<string, long>(_called);
        foreach (var (customer, dueMs) in _waiting) due[customer] = Math.Min(dueMs, due.GetValueOrDefault(customer, dueMs));
        return this.StoreAsync(storage, new DeadlineSlotState { DueMs = due });
    }
}
