using Orleans.Storage;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Orleans.Decisions;

namespace RealtimeInsight.Orleans.Grains;

/// <summary>Saving behind the calls, and the timers.</summary>
internal sealed partial class CustomerGrain
{
    /// <summary>Timers take no longer spans than about 49 days; one that is far away is looked at once a day.</summary>
    private static readonly TimeSpan s_lookMax = TimeSpan.FromDays(1);

    private IGrainTimer? _deadline;
    private IGrainTimer? _save;
    private IGrainTimer? _delivery;
    private long _changesSaved;
    private long _eventsSaved;
    private bool _isSaveArmed;
    private bool _hasSaveFailed;
    private bool _gaveWay;

    private bool IsSaved => _actor.Changes == _changesSaved;

    /// <summary>When somebody has to look after this customer.</summary>
    private Instant WakeAt => Instant.Min(
        Instant.Min(_actor.NextDeadline, _actor.Outbox.WakeAt()), Instant.Min(LinksWakeAt, FilingWakeAt));

    /// <summary>Everything is saved, and the list of dead letters knows of it.</summary>
    private bool IsDone => IsSaved && _actor.Unfiled.Count == 0;

    private async Task OnDeadlineAsync(CancellationToken cancellationToken)
    {
        if (_actor.FireDue() && _actor.Outbox.HasUnsaved) await TrySaveAsync(cancellationToken);
        else ArmSave();
        ArmDeadline();
    }

    private Task OnSaveAsync(CancellationToken cancellationToken) => IsDone ? Task.CompletedTask : TrySaveAsync(cancellationToken);

    /// <summary>Saves for a timer, which has no caller to tell of a failure: what is unsaved stays so, and is tried again.</summary>
    private async Task TrySaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SaveAsync(cancellationToken);
            ArmSave();
        }
        catch (InconsistentStateException exception)
        {
            GiveWay(exception);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            core.Instruments.SaveFailed();
            GrainLog.SaveFailed(core.Logger, _actor.Changes - _changesSaved, core.Options.SaveRetryWait, exception);
            _isSaveArmed = false;
            ArmSave();
        }
    }

    /// <summary>Writes state, marks, outbox and records at once; what changes meanwhile is not covered and counts as unsaved.</summary>
    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        _hasSaveFailed = true;
        await PayAsync();
        await _index.CoverAsync(WakeAt);
        var decisions = _actor.NewDecisions;
        await Task.WhenAll(decisions.Select(id => GrainFactory.GetGrain<IDecisionGrain>(id).NoteAsync(_id.Value)));
        _actor.Noted(decisions);
        var (changes, events) = (_actor.Changes, _actor.EventsApplied);
        var row = _actor.Snapshot();
        row.EntryAtMs = _index.EntryAt.UnixMs;
        storage.State = row;
        var began = core.Time.GetTimestamp();
        var variants = _actor.TakeVariants();
        try
        {
            await storage.WriteStateAsync(cancellationToken);
        }
        catch
        {
            _actor.PutBack(variants);
            throw;
        }

        if (variants.Length > 0) core.Variants.Note(variants);
        core.Instruments.Saved(core.Time.GetElapsedTime(began));
        _hasSaveFailed = false;
        (_changesSaved, _eventsSaved) = (changes, events);
        _isSaveArmed = false;
        _actor.Outbox.Saved(changes);
        ArmDelivery();
        await FileAsync(row, changes);
    }

    /// <summary>
    /// Actions with a budget are paid before they are saved: what a crash parts is paid and not sent, never sent and not paid.
    /// </summary>
    private async Task PayAsync()
    {
        foreach (var (id, budget) in _actor.Unpaid) _actor.Settle(id, budget, await core.Purse.TrySpendAsync(budget));
    }

    /// <summary>Another activation has written: this one is behind and must not write again.</summary>
    private void GiveWay(InconsistentStateException exception)
    {
        GrainLog.GivesWay(core.Logger, _actor.Changes - _changesSaved, exception);
        _gaveWay = true;
        DeactivateOnIdle();
    }

    /// <summary>After every change of the state.</summary>
    private void ArmDeadline()
    {
        if (_actor.Standing() is { } standing) core.Risks.Note(standing);
        var due = _actor.NextDeadline;
        if (due != Instant.Never) Wake(ref _deadline, OnDeadlineAsync, Until(due));
        else _deadline?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Sees to it that what is unsaved is saved in time: actions at once, the rest by age, and after a failure not at once.
    /// </summary>
    private void ArmSave()
    {
        if (IsDone || _gaveWay) return;
        var isUrgent = _actor.Outbox.HasUnsaved || _actor.Unfiled.Count > 0;
        if (_isSaveArmed && !isUrgent) return;
        _isSaveArmed = true;
        var wait = _hasSaveFailed || _hasFilingFailed ? core.Options.SaveRetryWait : isUrgent ? TimeSpan.Zero : core.Options.SaveAgeMax;
        Wake(ref _save, OnSaveAsync, wait);
    }

    private TimeSpan Until(Instant due)
    {
        var wait = due - core.Now;
        return wait <= TimeSpan.Zero ? TimeSpan.Zero : wait < s_lookMax ? wait : s_lookMax;
    }

    private void Wake(ref IGrainTimer? timer, Func<CancellationToken, Task> callback, TimeSpan wait)
    {
        timer ??= this.RegisterGrainTimer(callback, Idle(interleaves: false));
        timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private static GrainTimerCreationOptions Idle(bool interleaves) => new()
    {
        DueTime = Timeout.InfiniteTimeSpan, Period = Timeout.InfiniteTimeSpan, Interleave = interleaves, KeepAlive = interleaves,
    };
}
