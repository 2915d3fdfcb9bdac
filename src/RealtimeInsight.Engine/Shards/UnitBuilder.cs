using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Audit;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Erasure;
using RealtimeInsight.Engine.Learning;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Notices;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Shards;

/// <summary>Collects what one turn makes durable: log records chained by customer, decisions, outbox entries, notices.</summary>
internal sealed class UnitBuilder(int shard, LogUnitPool pool, NoticeHub notices, FeatureAudit audit, string source, TimeProvider time)
{
    private readonly List<CustomerSlot> _touched = [];
    private CommitUnit _unit = new() { Shard = shard };
    private LogUnit _log = pool.Rent();
    private CustomerSlot? _decided;

    public CommitUnit Unit => _unit;

    public LogUnit Log => _log;

    /// <summary>True when there is something to commit or to acknowledge.</summary>
    public bool HasContent =>
        _log.Count + _unit.Tickets.Count + _unit.Rejects.Count > 0
        || _unit.Notices.Count + _unit.Decisions.Count + _unit.Outcomes.Count > 0;

    /// <summary>The customer's newest record, as a record that follows it names it.</summary>
    public static long NewestOf(CustomerSlot slot) => slot.UnitHead >= 0 ? LogUnit.PreviousAt(slot.UnitHead) : slot.State.LastOffset;

    /// <summary>Whether something is learned of events.</summary>
    public bool LearnsEvents { get; init; }

    /// <summary>Whether there is a log (<see cref="EngineOptions.KeepLog"/>): without one, no record is made.</summary>
    public bool IsLogged { get; init; } = true;

    public void Event(in TurnEvent item)
    {
        var slot = item.Slot;
        if (LearnsEvents && SeenEvent.IsWanted(item.Event) && item.Event.OccurredAt == slot.State.LastSeen)
        {
            _unit.Seen.Add(SeenEvent.Of(slot.State, item.Event));
        }

        if (IsLogged) Record(item);
        Added(slot);
    }

    private void Record(in TurnEvent item)
    {
        var slot = item.Slot;
        if (!item.Part.IsForwarded(item.Position)) _log.AddEvent(slot.Hash, NewestOf(slot), item.Event);
        else _log.AddForwarded(slot.State.Id, slot.Hash, NewestOf(slot), item.Event);
    }

    /// <summary>A step of a merge or an un-merge.</summary>
    public void Merge(CustomerSlot slot, MergeRecord record)
    {
        if (IsLogged) _log.Add(RecordKind.Merge, slot.Hash, NewestOf(slot), record.ToBytes());
        Added(slot);
        var (name, text) = record.Step switch
        {
            MergeStep.Taken => ("merged", NoticeTexts.Merged(record.Other.Value)),
            MergeStep.Parted => ("unmerged", NoticeTexts.Unmerged(record.Other.Value)),
            _ => ("", ""),
        };
        if (name.Length > 0) Notice(slot, record.At, name, text);
    }

    /// <summary>From the record added last on, the id belongs to the customer, which may be itself.</summary>
    public void Alias(CustomerId id, CustomerId customer)
    {
        if (IsLogged) _unit.Aliases.Add(new AliasRow(id.Value, customer.Value, _log.Count - 1));
    }

    /// <summary>The customer's history ends here, and nothing of it is to be kept.</summary>
    public void Erase(CustomerSlot slot, CustomerId id, ushort twin, Instant at)
    {
        if (IsLogged)
        {
            Span<byte> payload = stackalloc byte[ErasedRecord.Length];
            ErasedRecord.Write(twin, payload);
            _log.Add(RecordKind.Erased, slot.Hash, NewestOf(slot), payload);
            _unit.Controls.Add(new EraseRow(slot.Hash, twin, _log.Count - 1, at, IsDone: false));
            _unit.Controls.Add(new DropAliasRow(id.Value));
        }

        Added(slot);
    }

    public void Decision(CustomerSlot slot, Decision decision, Instant foldedUpTo)
    {
        if (IsLogged)
        {
            _log.Add(RecordKind.Decision, slot.Hash, NewestOf(slot), DecisionPayload.WriteDecision(foldedUpTo, decision.Record.Span));
        }

        Added(slot);
        _decided = slot;
        var reason = decision.Reason == SuppressionReason.None ? null : DecisionRecord.WireName(decision.Reason);
        _unit.Decisions.Add(new DecisionRow(
            decision.Id, decision.Customer.Value, decision.DecidedAt, decision.Rule, decision.Action, decision.Channel,
            DecisionRecord.WireName(decision.Status), reason, decision.Record));
        if (notices.HasReaders) _unit.Notices.Add(NoticeTexts.Of(decision, slot.State.Id.Value));
        if (!decision.IsAction) return;
        if (decision.Entry.Given is { } given) _unit.Variants.Add(new VariantNote(given, null, decision.DecidedAt));
        var now = Instant.From(time.GetUtcNow());
        _unit.Outbox.Add(new OutboxRow(
            decision.Id, decision.Customer.Value, decision.Channel, ActionBody.Type, now, 0, now, ActionBody.Write(decision, source)));
    }

    public void Outcome(CustomerSlot slot, DecisionOutcome outcome)
    {
        if (IsLogged) _log.Add(RecordKind.Outcome, slot.Hash, NewestOf(slot), DecisionPayload.WriteOutcome(outcome));
        Added(slot);
        if (outcome.Given is { } given) _unit.Variants.Add(new VariantNote(given, outcome.Outcome, outcome.At));
        _unit.Outcomes.Add(new OutcomeRow(outcome.DecisionId, DecisionRecord.WireName(outcome.Outcome)!, outcome.At, outcome.Value));
    }

    public void Effects(CustomerSlot slot, ReadOnlySpan<Effect> effects)
    {
        if (!notices.HasReaders) return;
        foreach (ref readonly var effect in effects)
        {
            if (NoticeTexts.Of(effect, slot.State.Id.Value) is { } notice) _unit.Notices.Add(notice);
        }
    }

    public void Reject(RejectedItem item) => _unit.Rejects.Add(item);

    /// <summary>The customer changed in this turn, whether or not there is a record of it.</summary>
    public void Touch(CustomerSlot slot)
    {
        if (slot.IsTouched) return;
        slot.IsTouched = true;
        _touched.Add(slot);
    }

    /// <summary>
    /// Queues the unit and starts the next one. Each touched customer knows the offset of its newest record afterwards and is handed to
    /// <paramref name="saver"/>.
    /// </summary>
    public void Finish(CommitQueue queue, StateSaver saver)
    {
        var firstOffset = queue.NextOffset;
        if (_log.Count > 0)
        {
            _log.Close();
            _unit.Log = _log;
            firstOffset = queue.Enqueue(_unit);
            _log = pool.Rent();
        }
        else
        {
            queue.Enqueue(_unit);
        }

        _unit = new CommitUnit { Shard = shard };
        Untouch(firstOffset, saver);
    }

    /// <summary>Instead of <see cref="Finish"/> when nothing is to be committed: deadlines that had no consequence.</summary>
    public void Skip(CommitQueue queue, StateSaver saver) => Untouch(queue.NextOffset, saver);

    private void Untouch(long firstOffset, StateSaver saver)
    {
        var at = saver.Timestamp();
        foreach (var slot in _touched)
        {
            if (slot.UnitHead >= 0) slot.State.LastOffset = firstOffset + slot.UnitHead;
            slot.UnitHead = -1;
            slot.IsTouched = false;
            saver.Changed(slot, firstOffset, at);
        }

        _touched.Clear();
        if (_decided is not null && IsLogged) audit.Offer(_decided.State.LastOffset);
        _decided = null;
    }

    private void Added(CustomerSlot slot)
    {
        if (IsLogged) slot.UnitHead = _log.Count - 1;
        Touch(slot);
    }

    private void Notice(CustomerSlot slot, Instant at, string type, string text)
    {
        if (notices.HasReaders) _unit.Notices.Add(new EngineNotice(at, type, slot.State.Id.Value, text));
    }
}
