using Orleans.Storage;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Orleans.Actors;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Contracts.Replies;
using RealtimeInsight.Orleans.Deadlines;

namespace RealtimeInsight.Orleans.Grains;

/// <summary>
/// Hosts one customer. State is written behind, bounded by age and events; a write that brings an action is made at once, and the action
/// leaves after it. Deliveries interleave with calls and never write: every write is a turn of its own, so that two never meet.
/// </summary>
[GrainType("ri.customer")]
internal sealed class CustomerGrain(
    [PersistentState("customer", SiloHosting.StorageName)] IPersistentState<CustomerGrainState> storage, CustomerCore core)
    : Grain, ICustomerGrain, ICustomerWakeGrain
{
    private const int TimelineMax = 1000;

    /// <summary>Timers take no longer spans than about 49 days; one that is far away is looked at once a day.</summary>
    private static readonly TimeSpan s_lookMax = TimeSpan.FromDays(1);

    private CustomerId _id;
    private CustomerActor _actor = null!; // Made on activation, before any call.
    private DeadlineIndex _index = null!;
    private IGrainTimer? _deadline;
    private IGrainTimer? _save;
    private IGrainTimer? _delivery;
    private long _changesSaved;
    private long _eventsSaved;
    private bool _isSaveArmed;
    private bool _hasSaveFailed;
    private bool _gaveWay;

    /// <summary>When somebody has to look after this customer.</summary>
    private Instant WakeAt => Instant.Min(_actor.NextDeadline, _actor.Outbox.WakeAt());

    private bool IsSaved => _actor.Changes == _changesSaved;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _id = CustomerId.Parse(this.GetPrimaryKeyString());
        _actor = new CustomerActor(core, _id, storage.RecordExists ? storage.State : null);
        _index = new DeadlineIndex(core, GrainFactory, _id);
        if (storage.RecordExists) _index.Restore(storage.State.EntryAtMs);

        // Deadlines that passed while nobody was here fire after the call that brought the activation: its events come first.
        ArmDeadline();
        ArmDelivery();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _deadline?.Dispose();
        _save?.Dispose();
        _delivery?.Dispose();
        if (_actor is null || IsSaved || _gaveWay) return;
        try
        {
            await SaveAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            GrainLog.LostOnDeactivation(core.Logger, _actor.Changes - _changesSaved, exception);
        }
    }

    /// <inheritdoc/>
    public async Task<ObserveReply> ObserveAsync(EventBatch batch)
    {
        EventBatchCheck.Require(batch, _id, core.Options.BatchEventsMax);
        if (batch.Partition is { } partition) _actor.RequireRoomFor(partition);
        var outcomes = new EventOutcome[batch.Events.Length];
        for (var i = 0; i < outcomes.Length; i++)
        {
            outcomes[i] = await _actor.ObserveAsync(batch.Events[i], batch.Partition, batch.Offsets?[i] ?? -1);
        }

        await FinishTurnAsync(batch.MustBeSaved);
        return new ObserveReply(outcomes, IsSaved);
    }

    /// <inheritdoc/>
    public Task<InsightReply?> GetInsightAsync()
    {
        CatchUp();
        return Task.FromResult(_actor.HasEvents ? CustomerReplies.Insight(_actor.State, core.Maker, core.Now) : null);
    }

    /// <inheritdoc/>
    public Task<CartRiskReply?> GetCartRiskAsync()
    {
        CatchUp();
        return Task.FromResult(CustomerReplies.CartRisk(_actor.State));
    }

    /// <inheritdoc/>
    public Task<EventOutcome> OrderPlacedAsync(OrderPlaced order) => ObserveAsync(EventBatchCheck.EventOf(order, _id, core.Now));

    /// <inheritdoc/>
    public Task<EventOutcome> SetConsentAsync(ConsentChange change) => ObserveAsync(EventBatchCheck.EventOf(change, _id, core.Now));

    /// <inheritdoc/>
    public Task EraseAsync()
    {
        _actor.Erase();
        return FinishTurnAsync(mustBeSaved: true);
    }

    /// <inheritdoc/>
    public Task<TimelineItem[]> GetTimelineAsync(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, TimelineMax);
        CatchUp();
        return Task.FromResult(CustomerReplies.Timeline(_actor.State, limit));
    }

    /// <inheritdoc/>
    public Task<WhyReply?> WhyAsync(string decisionId) => Task.FromResult(_actor.FindDecision(decisionId) is { } found
        ? new WhyReply(found.Record, WireName(found.Delivery), found.Attempts)
        : null);

    /// <inheritdoc/>
    public Task FlushAsync() => FinishTurnAsync(mustBeSaved: true);

    /// <inheritdoc/>
    public async Task WakeAsync(long dueMs)
    {
        _index.Called(new Instant(dueMs));
        await FinishTurnAsync(mustBeSaved: true);
        await _index.CoverAsync(WakeAt);
    }

    private async Task<EventOutcome> ObserveAsync(CustomerEvent item)
    {
        var outcome = await _actor.ObserveAsync(item, partition: null, offset: -1);
        await FinishTurnAsync(mustBeSaved: true);
        return outcome;
    }

    /// <summary>Before a read: what is due happens first, so that nobody reads of a cart that was left an hour ago as open.</summary>
    private void CatchUp()
    {
        if (!_actor.FireDue()) return;
        ArmDeadline();
        ArmSave();
    }

    /// <summary>After a call: fires what is due, saves where that is asked for or due, and arms the timers.</summary>
    private async Task FinishTurnAsync(bool mustBeSaved)
    {
        _actor.FireDue();
        ArmDeadline();
        var isFull = _actor.EventsApplied - _eventsSaved >= core.Options.SaveEventsMax;
        try
        {
            if (!IsSaved && (mustBeSaved || isFull || _actor.Outbox.HasUnsaved)) await SaveAsync(CancellationToken.None);
        }
        catch (InconsistentStateException exception)
        {
            GiveWay(exception);
            throw;
        }
        finally
        {
            ArmSave();
        }
    }

    private async Task OnDeadlineAsync(CancellationToken cancellationToken)
    {
        if (_actor.FireDue() && _actor.Outbox.HasUnsaved) await TrySaveAsync(cancellationToken);
        else ArmSave();
        ArmDeadline();
    }

    private Task OnSaveAsync(CancellationToken cancellationToken) => IsSaved ? Task.CompletedTask : TrySaveAsync(cancellationToken);

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
            GrainLog.SaveFailed(core.Logger, _actor.Changes - _changesSaved, core.Options.SaveRetryWait, exception);
            _isSaveArmed = false;
            ArmSave();
        }
    }

    /// <summary>Writes state, marks, outbox and records at once; what changes meanwhile is not covered and counts as unsaved.</summary>
    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        _hasSaveFailed = true;
        await _index.CoverAsync(WakeAt);
        var (changes, events) = (_actor.Changes, _actor.EventsApplied);
        storage.State = _actor.Snapshot();
        storage.State.EntryAtMs = _index.EntryAt.UnixMs;
        await storage.WriteStateAsync(cancellationToken);
        _hasSaveFailed = false;
        (_changesSaved, _eventsSaved) = (changes, events);
        _isSaveArmed = false;
        _actor.Outbox.Saved(changes);
        ArmDelivery();
    }

    /// <summary>Another activation has written: this one is behind and must not write again.</summary>
    private void GiveWay(InconsistentStateException exception)
    {
        GrainLog.GivesWay(core.Logger, _actor.Changes - _changesSaved, exception);
        _gaveWay = true;
        DeactivateOnIdle();
    }

    private void ArmDeadline()
    {
        var due = _actor.NextDeadline;
        if (due != Instant.Never) Wake(ref _deadline, OnDeadlineAsync, Until(due));
        else _deadline?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Sees to it that what is unsaved is saved in time: actions at once, the rest by age, and after a failure not at once.
    /// </summary>
    private void ArmSave()
    {
        if (IsSaved || _gaveWay) return;
        var isUrgent = _actor.Outbox.HasUnsaved;
        if (_isSaveArmed && !isUrgent) return;
        _isSaveArmed = true;
        var wait = _hasSaveFailed ? core.Options.SaveRetryWait : isUrgent ? TimeSpan.Zero : core.Options.SaveAgeMax;
        Wake(ref _save, OnSaveAsync, wait);
    }

    private void ArmDelivery()
    {
        var due = _actor.Outbox.NextDueAt();
        if (due == Instant.Never) return;
        _delivery ??= this.RegisterGrainTimer(DeliverAsync, Idle(interleaves: true));
        _delivery.Change(Until(due), Timeout.InfiniteTimeSpan);
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

    /// <summary>Sends what is saved and due, oldest first. A crash before the next save sends it again under the same id.</summary>
    private async Task DeliverAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && _actor.Outbox.NextDue() is { } next)
        {
            var action = next with { Attempts = next.Attempts + 1 };
            var result = await SendAsync(action, cancellationToken);
            if (cancellationToken.IsCancellationRequested && result.Status != DeliveryStatus.Delivered) return;
            Settle(action, result);
        }

        ArmSave();
        ArmDelivery();
    }

    private async Task<DeliveryResult> SendAsync(StoredAction action, CancellationToken cancellationToken)
    {
        if (core.Channels.Resolve(action.Channel) is not { } channel)
        {
            return new DeliveryResult(DeliveryStatus.Retry, Detail: "this silo has no such channel");
        }

        try
        {
            var message = new ActionMessage(
                action.DecisionId, _id.Value, ActionBody.Type, action.Attempts, new Instant(action.CreatedAtMs), action.Body);
            return await channel.SendAsync(message, cancellationToken);
        }
        catch (Exception exception)
        {
            // The channel's contract: an exception counts as a retry.
            GrainLog.DeliveryThrew(core.Logger, action.DecisionId, action.Channel, action.Attempts, exception);
            return new DeliveryResult(DeliveryStatus.Retry, Detail: "the channel threw an exception");
        }
    }

    private void Settle(StoredAction action, DeliveryResult result)
    {
        if (result.Status == DeliveryStatus.Delivered)
        {
            _actor.Settle(action, DeliveryState.Delivered);
        }
        else if (result.Status is DeliveryStatus.Failed or DeliveryStatus.Gone || action.Attempts >= core.Options.DeliveryAttemptsMax)
        {
            GrainLog.ActionDead(
                core.Logger, action.DecisionId, action.Channel, action.Attempts, result.Detail ?? "the receiver refused it");
            _actor.Settle(action, DeliveryState.Dead);
        }
        else
        {
            _actor.PutOff(action with { DueAtMs = _actor.Outbox.RetryAt(action.Attempts, result).UnixMs });
        }
    }

    private static string WireName(DeliveryState state) => state switch
    {
        DeliveryState.None => "none",
        DeliveryState.Pending => "pending",
        DeliveryState.Delivered => "delivered",
        DeliveryState.Dead => "dead",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a delivery state"),
    };
}
