using System.Runtime.InteropServices;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Erasure;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// Recovery of one shard: takes in who is saved where, then the log after that, reading the states it touches. Events run through the
/// same machine and model as live; decisions and outcomes are put back from their records, never made again.
/// </summary>
internal sealed class ShardReplay(
    CustomerTable customers, SegmentShares shares, CustomerMachine machine, TurnScorer scorer, Refolder refolder, StateSaver saver)
{
    private const int StatesAtATime = 4_096;
    private readonly ulong _deadlineStamp = DeadlineStamp.Of(machine.Options);
    private readonly Chunks<(Instant NextDeadline, StateFacts Facts)> _cold = new();
    private readonly List<StateEntry> _found = [];
    private readonly List<int> _outdated = [];
    private readonly EffectBuffer _discarded = new();
    private readonly List<CustomerSlot> _rows = [];
    private int _round = int.MinValue;

    /// <summary>Log records applied.</summary>
    public long Replayed { get; private set; }

    /// <summary>First steps of merges and un-merges among them, with their offsets.</summary>
    public List<(long Offset, MergeRecord Record)> FirstSteps { get; } = [];

    /// <summary>Offsets of first steps whose second one is among them.</summary>
    public HashSet<long> SecondSteps { get; } = [];

    /// <summary>The newest moment that any customer is folded up to.</summary>
    public Instant Newest { get; private set; } = Instant.None;

    /// <summary>Takes in the customers of a segment that belong here, without their states; segments come newest first.</summary>
    /// <param name="nextOffset">Offset after the newest committed record: no state can include more.</param>
    /// <exception cref="StoreCorruptException">A state is ahead of the log.</exception>
    public void Load(SegmentIndex index, int shard, int shards, long nextOffset, string source)
    {
        Newest = Instant.Max(Newest, index.Newest);
        _found.Clear();
        for (var i = 0; i < index.Count; i++)
        {
            var entry = index[i];
            if (BatchRouter.ShardOf(entry.Hash, shards) != shard || customers.FindTwin(entry.Hash, entry.Twin) >= 0) continue;
            if (entry.LastOffset >= nextOffset)
            {
                throw new StoreCorruptException(source, index.Number,
                    $"state segment {index.Number} includes record {entry.LastOffset}, the log ends before {nextOffset}");
            }

            _found.Add(entry);
        }

        if (_found.Count == 0) return;
        var share = shares.Add(index.Number, _found.Count);
        foreach (ref readonly var entry in CollectionsMarshal.AsSpan(_found))
        {
            var row = customers.AddCold(entry, share.Id);
            share.Add(row);
            _cold.Add((entry.NextDeadline, entry.Facts));
            if (index.DeadlineStamp != _deadlineStamp) _outdated.Add(row);
        }
    }

    /// <summary>
    /// Takes in the states of a segment of version 1 that belong here, after all indexes; they stay in memory until they are saved again.
    /// </summary>
    public void Load(StateSegmentV1 segment, int shard, int shards)
    {
        SegmentShare? share = null;
        var rest = segment.Body.Span;
        while (StateSegmentV1.TryRead(ref rest, out var hash, out var bytes))
        {
            if (BatchRouter.ShardOf(hash, shards) != shard) continue;
            var state = CustomerStateCodec.Read(bytes);
            if (customers.Find(state.Id, hash) is not null) continue;
            share ??= shares.AddWhole(segment.Number, segment.Count);
            var slot = customers.Add(hash, state);
            customers.Row(slot.Index).Share = share.Id;
            share.Add(slot.Index);
            Newest = Instant.Max(Newest, state.OrderedUpTo);
        }

        if (share is not null) shares.Renew(share);
    }

    /// <summary>Deadlines that were computed with other settings: reads those states and computes them anew. After all segments.</summary>
    public void Refresh()
    {
        foreach (var indexes in _outdated.Chunk(StatesAtATime))
        {
            customers.Cold.Visit(indexes, (index, state) => _cold[index] = (machine.NextDeadline(state), _cold[index].Facts));
        }

        _outdated.Clear();
    }

    /// <summary>Applies the records of rows that belong here; each customer at most once between two model runs.</summary>
    public void Apply(IReadOnlyList<LogRow> rows, int shard, int shards, string source)
    {
        Wake(rows, shard, shards, source);
        scorer.Begin();
        try
        {
            _round++;
            foreach (var row in rows)
            {
                var reader = new LogRecordReader(row.Body.Span, source);
                for (var offset = row.FirstOffset; reader.TryRead(out var record); offset++)
                {
                    if (BatchRouter.ShardOf(record.CustomerHash, shards) == shard) Apply(offset, record);
                }
            }

            FinishRows();
        }
        finally
        {
            scorer.End();
        }
    }

    /// <summary>Applies the records of one customer, oldest first.</summary>
    public void Apply(ulong hash, IReadOnlyList<LogEntry> history)
    {
        scorer.Begin();
        try
        {
            _round++;
            foreach (var entry in history)
            {
                Apply(entry.Offset, new LogRecord
                {
                    Kind = entry.Kind, CustomerHash = hash, Previous = entry.Previous, Payload = entry.Payload,
                });
            }

            FinishRows();
        }
        finally
        {
            scorer.End();
        }
    }

    /// <summary>Counts all customers and arms their deadlines, without reading a state.</summary>
    public void Finish(ShardCounters counters, ShardDeadlines deadlines)
    {
        customers.Cold.Damage!.IsRunning = true;
        counters.RecordsReplayed = Replayed;
        for (var index = 0; index < customers.Count; index++)
        {
            if (customers.Awake(index) is { } slot)
            {
                counters.Gauge(slot.State, sign: 1);
                customers.Live.Track(slot);
                deadlines.Settle(index);
                continue;
            }

            var (due, facts) = _cold[index];
            counters.Gauge(facts, sign: 1);
            customers.Live.Track(index, facts.IsLive, customers.Row(index).Risk);
            deadlines.Arm(index, due);
        }
    }

    /// <summary>Reads the states that the records belong to, all at once.</summary>
    private void Wake(IReadOnlyList<LogRow> rows, int shard, int shards, string source)
    {
        foreach (var row in rows)
        {
            var reader = new LogRecordReader(row.Body.Span, source);
            while (reader.TryRead(out var record))
            {
                if (BatchRouter.ShardOf(record.CustomerHash, shards) == shard) customers.Want(record.CustomerHash);
            }
        }

        customers.Cold.ReadWanted();
    }

    private void Apply(long offset, LogRecord record)
    {
        switch (record.Kind)
        {
            case RecordKind.Event or RecordKind.Forwarded:
                var (customer, item) = LoggedEvent.Read(record.Kind, record.Payload);
                if (SlotOf(customer, record, offset) is { } owner) ApplyEvent(owner, item, record, offset);
                break;
            case RecordKind.Merge:
                var merge = MergeRecord.Read(record.Payload);
                if (merge.IsFirstStep) FirstSteps.Add((offset, merge));
                else SecondSteps.Add(merge.From);
                if (SlotOf(merge.Customer, record, offset) is not { } merged) return;
                merged.State = merge.StateAfter;
                Done(merged, offset);
                break;
            case RecordKind.Decision:
                var decision = DecisionPayload.ReadDecision(record.Payload, out var foldedUpTo);
                if (SlotOf(DecisionPayload.CustomerOf(decision), record, offset) is not { } decided) return;
                _discarded.Clear();
                machine.AdvanceTo(decided.State, foldedUpTo, _discarded);
                (decided.State.Ledger ??= new DecisionLedger()).Put(DecisionRecord.ReadEntry(decision));
                Done(decided, offset);
                break;
            case RecordKind.Erased:
                ApplyErased(record, offset);
                break;
            case RecordKind.Outcome:
                var outcome = DecisionPayload.ReadOutcome(record.Payload);
                if (SlotOf(outcome.Customer, record, offset) is not { } settled) return;
                settled.State.Ledger?.Settle(outcome.DecisionId, outcome.Outcome);
                Done(settled, offset);
                break;
        }
    }

    private void ApplyErased(LogRecord record, long offset)
    {
        if (customers.Cold.Damage?.IsLost(record.CustomerHash) == true) return;
        var row = customers.FindTwin(record.CustomerHash, ErasedRecord.Read(record.Payload));
        var slot = row >= 0 ? customers[row] : customers.Add(record.CustomerHash, ErasedRecord.StateAfter());
        if (offset <= slot.State.LastOffset) return;
        if (slot.Round == _round) FinishRows();
        slot.State = ErasedRecord.StateAfter();
        Done(slot, offset);
    }

    /// <summary>
    /// The record's customer, free for it in this round; null when its saved state includes the record, or when it is lost.
    /// </summary>
    private CustomerSlot? SlotOf(CustomerId id, LogRecord record, long offset)
    {
        if (customers.Cold.Damage?.IsLost(record.CustomerHash) == true) return null;
        var slot = customers.GetOrAdd(id, record.CustomerHash);
        if (offset <= slot.State.LastOffset) return null;
        if (slot.Round == _round) FinishRows();
        return slot;
    }

    private void ApplyEvent(CustomerSlot slot, CustomerEvent item, LogRecord record, long offset)
    {
        var state = slot.State;
        if (item.OccurredAt < state.OrderedUpTo && !TryReadHistory(record, offset))
        {
            item = item with { OccurredAt = state.OrderedUpTo };
        }
        else if (item.OccurredAt < state.OrderedUpTo)
        {
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

    /// <summary>False when it is damaged: the event is applied at its end.</summary>
    private bool TryReadHistory(LogRecord record, long offset)
    {
        try
        {
            if (refolder.TryReadHistory(record.Previous, unit: null)) return true;
        }
        catch (StoreCorruptException exception) when (customers.Cold.Damage is not null)
        {
            customers.Cold.Damage.NoteHistory(exception);
            return false;
        }

        throw new InvalidOperationException($"record {offset} is out of order in a history too long to fold again");
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
        Newest = Instant.Max(Newest, slot.State.OrderedUpTo);
        saver.Changed(slot, offset, saver.Timestamp());
        Replayed++;
    }
}
