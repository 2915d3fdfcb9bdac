using Orleans.Concurrency;
using Orleans.Storage;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Orleans.Actors;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Contracts.Replies;
using RealtimeInsight.Orleans.Deadlines;
using RealtimeInsight.Orleans.Delivery;
using RealtimeInsight.Orleans.Erasing;
using RealtimeInsight.Orleans.Merging;

namespace RealtimeInsight.Orleans.Grains;

/// <summary>
/// Hosts one customer. State is written behind, bounded by age and events; a write that brings an action is made at once, and the action
/// leaves after it. Deliveries interleave with calls and never write: every write is a turn of its own, so that two never meet.
/// </summary>
[GrainType("ri.customer"), MayInterleave(nameof(IsErasure))]
internal sealed partial class CustomerGrain(
    [PersistentState("customer", SiloHosting.StorageName)] IPersistentState<CustomerGrainState> storage, CustomerCore core)
    : Grain, ICustomerGrain, ICustomerWakeGrain, ICustomerMergeGrain, ICustomerReadGrain, ICustomerDeliveryGrain, ICustomerErasureGrain
{
    private const int TimelineMax = 1000;

    private CustomerId _id;
    private CustomerActor _actor = null!; // Made on activation, before any call.
    private DeadlineIndex _index = null!;

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
        ArmLinks();
        ArmSave();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        foreach (var timer in (IGrainTimer?[])[_deadline, _save, _delivery, _links, _parting]) timer?.Dispose();
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
        if (batch.Events.Any(_actor.IsGone)) return await ObserveRestAsync(batch);
        while (_actor.Forward is not null)
        {
            if (await ForwardAsync(batch, _id.Value) is { Reply: { } reply }) return reply;
        }

        // An id that was let go while it forwarded knows only now that it was erased.
        return batch.Events.Any(_actor.IsGone) ? await ObserveRestAsync(batch) : await ApplyAsync(batch, sentTo: null);
    }

    /// <inheritdoc/>
    public async Task<InsightReply?> GetInsightAsync()
    {
        if (await CustomerAsync() is { } customer)
        {
            var reply = await customer.GetInsightAsync();
            return reply is null ? null : reply with { MergedInto = reply.MergedInto ?? _actor.Forward!.To };
        }

        CatchUp();
        return _actor.HasEvents
            ? CustomerReplies.Insight(
            _actor.State, core.Maker, core.Now, ActorScorer.NameOf(core, _actor.State), _actor.FindDecision)
            : null;
    }

    /// <inheritdoc/>
    public async Task<CartRiskReply?> GetCartRiskAsync()
    {
        if (await CustomerAsync() is { } customer) return await customer.GetCartRiskAsync();
        CatchUp();
        return CustomerReplies.CartRisk(_actor.State);
    }

    /// <inheritdoc/>
    public Task<EventOutcome> OrderPlacedAsync(OrderPlaced order) => ObserveAsync(EventBatchCheck.EventOf(order, _id, core.Now));

    /// <inheritdoc/>
    public Task<EventOutcome> SetConsentAsync(ConsentChange change) => ObserveAsync(EventBatchCheck.EventOf(change, _id, core.Now));

    /// <inheritdoc/>
    public async Task<TimelineItem[]> GetTimelineAsync(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, TimelineMax);
        if (await CustomerAsync() is { } customer) return await customer.GetTimelineAsync(limit);
        CatchUp();
        return CustomerReplies.Timeline(
            _actor.State, _actor.History.IsWhole ? _actor.History.Read() : null, _actor.Notes, _actor.FindDecision, limit);
    }

    /// <inheritdoc/>
    public async Task<WhyReply?> WhyAsync(string decisionId)
    {
        if (await CustomerAsync() is { } customer) return await customer.WhyAsync(decisionId);
        if (_actor.FindDecision(decisionId) is not { } found) return null;
        var entry = _actor.State.Ledger?.Find(decisionId);
        return new WhyReply(
            found.Record, WireName(found.Delivery), found.Attempts, entry is null ? null : CustomerReplies.Decision(entry, found),
            [.. found.Tried]);
    }

    /// <inheritdoc/>
    public async Task FlushAsync()
    {
        if (await CustomerAsync() is { } customer) await customer.FlushAsync();
        await FinishTurnAsync(mustBeSaved: true);
    }

    /// <inheritdoc/>
    public async Task WakeAsync(long dueMs)
    {
        _index.Called(new Instant(dueMs));
        if (_actor.Forward is { Given: not null }) await OfferAsync();
        ArmLinks();
        ArmDelivery();
        await FinishTurnAsync(mustBeSaved: true);
        await _index.CoverAsync(WakeAt);
    }

    private async Task<EventOutcome> ObserveAsync(CustomerEvent item) => (await ObserveAsync(EventBatch.Of(item))).Outcomes[0];

    /// <summary>Applies the events of a batch, which may come from an id that was merged into this customer.</summary>
    private async Task<ObserveReply> ApplyAsync(EventBatch batch, string? sentTo)
    {
        var source = new EventSource(batch.Partition, -1, sentTo, batch.TakesLate);
        _actor.RequireRoomFor(source);
        _asked.Clear();
        var outcomes = new EventOutcome[batch.Events.Length];
        try
        {
            for (var i = 0; i < outcomes.Length; i++)
            {
                var item = batch.Events[i];
                if (item.Visitor is { } visitor) await LinkAsync(item, visitor);
                outcomes[i] = await _actor.ObserveAsync(item, source with { Offset = batch.Offsets?[i] ?? -1 });
            }
        }
        catch
        {
            // Those before it are applied, and nobody finishes this turn. One that is finished arms after its save: an earlier timer
            // would save again at once where that fails.
            ArmDeadline();
            ArmSave();
            throw;
        }

        await FinishTurnAsync(batch.MustBeSaved);
        var isLate = outcomes.Contains(EventOutcome.Late);
        return new ObserveReply(outcomes, IsSaved, isLate ? _actor.State.LastSeen.ToDateTimeOffset() : null);
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
        try
        {
            _actor.FireDue();
            ArmDeadline();
            var isFull = _actor.EventsApplied - _eventsSaved >= core.Options.SaveEventsMax;
            if (!IsDone && (mustBeSaved || isFull || _actor.Outbox.HasUnsaved)) await SaveAsync(CancellationToken.None);
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
}
