using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// Recovery of one shard: takes saved states in, then the log after them. Events run through the same machine and model as live; decisions
/// and outcomes are put back from their records, never made again.
/// </summary>
internal sealed class ShardReplay(
    CustomerTable customers, CustomerMachine machine, TurnScorer scorer, Refolder refolder, StateSaver saver)
{
    private readonly EffectBuffer _discarded = new();
    private readonly List<CustomerSlot> _rows = [];
    private int _round = int.MinValue;

    /// <summary>Log records applied.</summary>
    public long Replayed { get; private set; }

    /// <summary>Takes in the states of a segment that belong here; segments come newest first.</summary>
    public void Load(StateSegment segment, int shard, int shards)
    {
        var rest = segment.Body.Span;
        while (StateSegment.TryRead(ref rest, out var hash, out var bytes))
        {
            if ((int)(hash % (ulong)shards) != shard) continue;
            var state = CustomerStateCodec.Read(bytes);
            if (customers.Find(state.Id, hash) is null) saver.Loaded(customers.Add(hash, state), segment.Number);
        }
    }

    /// <summary>Applies the records of rows that belong here; each customer at most once between two model runs.</summary>
    public void Apply(IReadOnlyList<LogRow> rows, int shard, int shards, string source)
    {
        scorer.Begin();
        try
        {
            _round++;
            foreach (var row in rows)
            {
                var reader = new LogRecordReader(row.Body.Span, source);
                for (var offset = row.FirstOffset; reader.TryRead(out var record); offset++)
                {
                    if ((int)(record.CustomerHash % (ulong)shards) == shard) Apply(offset, record);
                }
            }

            FinishRows();
        }
        finally
        {
            scorer.End();
        }
    }

    private void Apply(long offset, LogRecord record)
    {
        switch (record.Kind)
        {
            case RecordKind.Event:
                var payload = record.Payload;
                var item = EventCodec.Read(ref payload);
                if (SlotOf(item.Customer, record, offset) is { } owner) ApplyEvent(owner, item, record, offset);
                break;
            case RecordKind.Decision:
                var decision = DecisionPayload.ReadDecision(record.Payload, out var foldedUpTo);
                if (SlotOf(DecisionPayload.CustomerOf(decision), record, offset) is not { } decided) return;
                _discarded.Clear();
                machine.AdvanceTo(decided.State, foldedUpTo, _discarded);
                (decided.State.Ledger ??= new DecisionLedger()).Put(DecisionRecord.ReadEntry(decision));
                Done(decided, offset);
                break;
            case RecordKind.Outcome:
                var outcome = DecisionPayload.ReadOutcome(record.Payload);
                if (SlotOf(outcome.Customer, record, offset) is not { } settled) return;
                settled.State.Ledger?.Settle(outcome.DecisionId, outcome.Outcome);
                Done(settled, offset);
                break;
        }
    }

    /// <summary>The record's customer, free for it in this round; null when its saved state includes the record.</summary>
    private CustomerSlot? SlotOf(CustomerId id, LogRecord record, long offset)
    {
        var slot = customers.GetOrAdd(id, record.CustomerHash);
        if (offset <= slot.State.LastOffset) return null;
        if (slot.Round == _round) FinishRows();
        return slot;
    }

    private void ApplyEvent(CustomerSlot slot, CustomerEvent item, LogRecord record, long offset)
    {
        var state = slot.State;
        if (item.OccurredAt < state.OrderedUpTo)
        {
            if (!refolder.TryReadHistory(record.Previous, unit: null))
            {
                throw new InvalidOperationException($"record {offset} is out of order in a history too long to fold again");
            }

            _discarded.Clear();
            slot.State = refolder.Refold(state, item, _discarded);
            Done(slot, offset);
            return;
        }

        var isNew = state.EventCount == 0;
        _discarded.Clear();
        machine.Apply(state, item, _discarded);
        var stamp = scorer.StampFor(state);
        if (stamp == 0)
        {
            scorer.Miss(state);
        }
        else if (state.ModelStamp == stamp || isNew)
        {
            slot.Round = _round;
            scorer.AddRow(state);
            _rows.Add(slot);
            if (_rows.Count == scorer.RowsMax) FinishRows();
        }
        else
        {
            scorer.FoldKept(state);
        }

        Done(slot, offset);
    }

    private void FinishRows()
    {
        _round++;
        if (_rows.Count == 0) return;
        scorer.Step();
        for (var row = 0; row < _rows.Count; row++) scorer.Settle(row, _rows[row].State);
        _rows.Clear();
    }

    private void Done(CustomerSlot slot, long offset)
    {
        slot.State.LastOffset = offset;
        saver.Changed(slot, offset);
        Replayed++;
    }
}
