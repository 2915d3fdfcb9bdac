using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Erasure;
using RealtimeInsight.Engine.Identity;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// The steps of merges and un-merges that happen to one shard's customers, each in a turn. A step reads first and changes then, so that a
/// store that cannot be read leaves everything as it was.
/// </summary>
internal sealed class ShardMerger(Shard shard, ShardParts parts, TurnScorer scorer, UnitBuilder builder, ShardDeadlines deadlines)
{
    private readonly CustomerMachine _machine = parts.Machine;
    private readonly EngineOptions _options = parts.Options;
    private readonly List<DecisionOutcome> _outcomes = [];
    private readonly EffectBuffer _discarded = new();

    /// <summary>Customers whose history belongs to another now.</summary>
    public int Forwarders { get; private set; }

    /// <summary>
    /// After recovery: notes who has a history, and counts the merged ids of this shard, with those that an un-merge has not given theirs
    /// back yet.
    /// </summary>
    public void Begin(int shards, IEnumerable<MergeRecord> unfinished)
    {
        for (var index = 0; index < shard.Customers.Count; index++) parts.Links.Seen(shard.Customers.Row(index).Hash);
        Forwarders = parts.Aliases.MergedIds
            .Concat(unfinished.Where(static record => record.Step == MergeStep.Parted).Select(static record => record.Other))
            .Count(id => BatchRouter.ShardOf(id.StableHash, shards) == shard.Index)
            + parts.Erased.CountOf(shard.Index, shards);
    }

    /// <summary>True when something is known of the customer under its own id.</summary>
    public bool HasHistory(CustomerId id) => shard.Customers.Find(id, id.StableHash) is { State.EventCount: > 0 };

    /// <summary>First step of a merge: the customer's history ends here and goes to the other.</summary>
    public MergeRecord Give(CustomerId id, CustomerId to, Instant at)
    {
        var slot = shard.Customers.GetOrAdd(id, id.StableHash);
        shard.CatchUp(slot, at);
        var record = new MergeRecord { Step = MergeStep.Given, Customer = id, Other = to, At = at, State = slot.State };
        builder.Merge(slot, record);
        builder.Alias(id, to);
        scorer.Watch.Give(slot.Hash);
        Forwarders++;
        Put(slot, record.StateAfter);
        return record;
    }

    /// <summary>Second step of a merge: the history that was given is part of this customer's.</summary>
    /// <param name="given">The first step's record, which is at <paramref name="offset"/>.</param>
    public void Take(MergeRecord given, long offset)
    {
        // Nothing was known of the id: its events will come here, and that is all.
        if (given.State.EventCount == 0) return;
        var slot = shard.Customers.GetOrAdd(given.Other, given.Other.StableHash);
        shard.CatchUp(slot, given.At);
        var own = slot.State;
        var state = Join(slot, own, given, offset);
        builder.Merge(slot, new MergeRecord
        {
            Step = MergeStep.Taken, Customer = given.Other, Other = given.Customer, At = given.At, From = offset, State = state,
        });
        foreach (var outcome in _outcomes) builder.Outcome(slot, outcome);
        shard.Counters.Merges++;
        scorer.Watch.Take(given.Customer.StableHash, slot.Hash);
        Put(slot, state);
    }

    /// <summary>
    /// First step of an un-merge: what was sent as one of the members is no part of this customer any more. Null when the history is longer
    /// than may be folded again, or there is no log.
    /// </summary>
    public MergeRecord? Part(CustomerId id, CustomerId from, Alias alias, IReadOnlyList<CustomerId> members, Instant at)
    {
        var slot = shard.Customers.GetOrAdd(from, from.StableHash);
        var joined = slot.State;
        if (!_options.KeepLog) return null;
        var events = new HistoryWalk(parts.Log, builder.Log, members).From(UnitBuilder.NewestOf(slot)).Collect(_options.MergeEventsMax);
        if (events is null) return null;
        var brought = MergeRecord.Read(parts.Log.Read(alias.Offset).Payload).State;
        var union = HistoryUnion.Fold(_machine, from, events, id);
        var (own, other) = (union.Own, union.Taken);
        Finish(own, events, isTaken: false, joined);
        Finish(other, events, isTaken: true, joined);
        (own.Ledger, other.Ledger) = union.Part(joined.Ledger, brought.Ledger);
        var record = new MergeRecord
        {
            Step = MergeStep.Parted, Customer = from, Other = id, At = at, Members = members, State = own, OtherState = other,
        };
        builder.Merge(slot, record);
        builder.Alias(id, id);
        shard.Counters.Unmerges++;
        Put(slot, own);
        return record;
    }

    /// <summary>Second step of an un-merge: the customer has its history back, with what was sent as it meanwhile.</summary>
    public void Restore(MergeRecord parted, long offset)
    {
        var slot = shard.Customers.GetOrAdd(parted.Other, parted.Other.StableHash);
        var state = parted.OtherState!;
        builder.Merge(slot, new MergeRecord
        {
            Step = MergeStep.Restored, Customer = parted.Other, Other = parted.Customer, At = parted.At, From = offset,
            Members = parted.Members, State = state,
        });
        Forwarders--;
        state.LastOffset = slot.State.LastOffset;
        Put(slot, state);
    }

    /// <summary>Ends the customer's history and forgets it; null when nothing is known of the id.</summary>
    /// <returns>The row that says so, with the record's position in the unit.</returns>
    public EraseRow? Erase(CustomerId id, Instant at, IEnumerable<long> rejects)
    {
        if (shard.Customers.Find(id, id.StableHash) is not { } slot) return null;
        var twin = shard.Customers.Row(slot.Index).Twin;
        builder.Erase(slot, id, twin, at);
        builder.Unit.Controls.AddRange(rejects.Select(static reject => new DropRejectRow(reject)));
        scorer.Watch.Forget(slot.Hash);
        if (slot.State.EventCount > 0) Forwarders++;
        Put(slot, ErasedRecord.StateAfter());
        return new EraseRow(slot.Hash, twin, 0, at, IsDone: false);
    }

    /// <summary>Offset of the record that erased a customer, after its turn.</summary>
    public long ErasedBy(EraseRow row) =>
        shard.Customers.Peek(shard.Customers.FindTwin(row.Hash, row.Twin)).LastOffset;

    private CustomerState Join(CustomerSlot slot, CustomerState own, MergeRecord given, long offset)
    {
        _outcomes.Clear();
        var walk = new HistoryWalk(parts.Log, builder.Log).From(UnitBuilder.NewestOf(slot)).And(offset);
        var events = _options.KeepLog ? walk.Collect(_options.MergeEventsMax) : null;
        var upTo = Instant.Max(own.OrderedUpTo, given.State.OrderedUpTo);
        CustomerState state;
        if (events is null)
        {
            shard.Counters.MergesBeyondLimit++;
            state = StateJoin.Join(own.Id, own, given.State, _machine.Options);
            scorer.FoldKept(state);
        }
        else
        {
            var union = HistoryUnion.Fold(_machine, own.Id, events);
            state = union.State;
            Score(state, events, own.ScoredAt >= given.State.ScoredAt ? own : given.State);
            state.Ledger = union.Join(own.Ledger, given.State.Ledger);
            if (state.Ledger is { } ledger) union.Settle(ledger, _outcomes);
        }

        // What was due before that has fired for one of them, or will not: nobody is reminded of it now.
        _discarded.Clear();
        _machine.AdvanceTo(state, upTo, _discarded);
        return state;
    }

    /// <summary>Scores one side of a parted history and brings it as far on in time as both were.</summary>
    private void Finish(CustomerState state, List<UnionEvent> events, bool isTaken, CustomerState joined)
    {
        List<UnionEvent> side = [.. events.Where(item => item.IsTaken == isTaken)];
        if (side.Count > 0) Score(state, side, joined);
        _discarded.Clear();
        _machine.AdvanceTo(state, joined.OrderedUpTo, _discarded);
    }

    /// <summary>Makes recurrent state and scores from the newest events, as many as a sequence may have.</summary>
    private void Score(CustomerState state, List<UnionEvent> events, CustomerState before)
    {
        scorer.Sequence.Take(_machine, state.Id, events);
        state.SetScores(before.Scores, 0, before.ScoredAt);
        scorer.FoldSequence(state);
    }

    private void Put(CustomerSlot slot, CustomerState state)
    {
        shard.Counters.Gauge(slot.State, sign: -1);
        shard.Counters.Gauge(state, sign: 1);
        state.LastOffset = slot.State.LastOffset;
        slot.State = state;
        shard.Customers.Live.Track(slot);
        deadlines.Rearm(slot);
    }
}
