using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Identity;
using RealtimeInsight.Engine.Log;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// Takes an event in that is older than what is applied: reads the customer's history by its chain in the log and folds it again in
/// order of event time. The decision ledger stays as it is: decisions made are kept.
/// </summary>
internal sealed class Refolder(CustomerMachine machine, LogReader log, TurnScorer scorer, int eventsMax)
{
    private readonly List<CustomerEvent> _events = [];
    private readonly EffectBuffer _discarded = new();

    /// <summary>
    /// Reads the events of a chain into the working list; false when there are more than the limit, or not all are kept any more. A record
    /// that is in <paramref name="unit"/>, the one being made, is named by position.
    /// </summary>
    public bool TryReadHistory(long newest, LogUnit? unit)
    {
        _events.Clear();
        var head = newest;
        while (newest != LogUnit.NoPrevious)
        {
            RecordKind kind;
            CustomerEvent? item = null;
            if (newest < LogUnit.NoPrevious)
            {
                var record = unit!.Read((int)(-2 - newest));
                kind = record.Kind;
                if (LoggedEvent.Is(kind)) item = LoggedEvent.Read(kind, record.Payload).Event;
                newest = record.Previous;
            }
            else
            {
                if (log.Find(newest) is not { } entry) return false;
                kind = entry.Kind;
                if (LoggedEvent.Is(kind)) item = LoggedEvent.Read(kind, entry.Payload).Event;
                newest = entry.Previous;
            }

            if (kind == RecordKind.Merge) return TryReadMerged(head, unit);

            if (item is null) continue;
            if (_events.Count >= eventsMax) return false;
            _events.Add(item);
        }

        _events.Reverse();
        return true;
    }

    /// <summary>
    /// The state that the history read before gives together with <paramref name="late"/>, as far on in time as
    /// <paramref name="old"/>. <paramref name="own"/> receives the effects of the late event itself; all others happened already.
    /// </summary>
    public CustomerState Refold(CustomerState old, CustomerEvent late, EffectBuffer own)
    {
        _events.Add(late);
        StableSort(_events);
        var state = new CustomerState(old.Id) { LastOffset = old.LastOffset };
        scorer.Sequence.Length = 0;
        foreach (var item in _events)
        {
            _discarded.Clear();
            machine.AdvanceTo(state, item.OccurredAt, _discarded);
            machine.Apply(state, item, ReferenceEquals(item, late) ? own : _discarded);
            scorer.Sequence.Add(state);
        }

        state.SetScores(old.Scores, 0, old.ScoredAt);
        scorer.FoldSequence(state);
        state.Ledger = old.Ledger;
        _discarded.Clear();
        machine.AdvanceTo(state, old.OrderedUpTo, _discarded);
        _events.Clear();
        return state;
    }

    /// <summary>A history that others were merged into, or that one was taken out of.</summary>
    private bool TryReadMerged(long newest, LogUnit? unit)
    {
        _events.Clear();
        if (new HistoryWalk(log, unit).From(newest).Collect(eventsMax) is not { } union) return false;
        foreach (var item in union) _events.Add(item.Event);
        return true;
    }

    /// <summary>By event time; events of one moment keep their order of arrival. Nearly sorted already: insertion sort.</summary>
    private static void StableSort(List<CustomerEvent> events)
    {
        for (var i = 1; i < events.Count; i++)
        {
            var item = events[i];
            var at = i;
            while (at > 0 && events[at - 1].OccurredAt > item.OccurredAt)
            {
                events[at] = events[at - 1];
                at--;
            }

            events[at] = item;
        }
    }
}
