using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Inference;

namespace RealtimeInsight.Orleans.Actors;

/// <summary>Makes states anew from kept histories, as the embedded engine does from its log. Decisions made are kept.</summary>
internal sealed class HistoryFolder(CustomerCore core)
{
    /// <summary>Newest events that the model's recurrent state is made of.</summary>
    private const int SequenceMax = 513;

    private readonly CustomerMachine _machine = core.Machine;
    private readonly EffectBuffer _discarded = new();

    /// <summary>
    /// The state of a history together with an event that is older than what is applied. <paramref name="own"/> receives the effects of
    /// that event; all others happened already.
    /// </summary>
    public CustomerState Refold(CustomerState old, List<CustomerEvent> history, CustomerEvent late, EffectBuffer own)
    {
        history.Add(late);
        var events = Sort(history.Select(static item => new UnionEvent(item, IsTaken: false)));
        var state = new CustomerState(old.Id);
        foreach (var (item, _) in events)
        {
            _discarded.Clear();
            _machine.AdvanceTo(state, item.OccurredAt, _discarded);
            _machine.Apply(state, item, ReferenceEquals(item, late) ? own : _discarded);
        }

        Score(state, events, old);
        state.Ledger = old.Ledger;
        AdvanceTo(state, old.OrderedUpTo);
        return state;
    }

    /// <summary>
    /// The state of two histories as one customer: the fold of both in order of time where both are whole, else the states joined.
    /// </summary>
    /// <param name="outcomes">Receives those of decisions that the other's events settle.</param>
    public CustomerState Join(
        CustomerState own, KeptHistory ownHistory, CustomerState given, KeptHistory givenHistory, List<DecisionOutcome> outcomes)
    {
        var upTo = Instant.Max(own.OrderedUpTo, given.OrderedUpTo);
        CustomerState state;
        if (ownHistory.IsWhole && givenHistory.IsWhole)
        {
            var events = Sort(ownHistory.Read().Select(static item => new UnionEvent(item, IsTaken: false))
                .Concat(givenHistory.Read().Select(static item => new UnionEvent(item, IsTaken: true))));
            var union = HistoryUnion.Fold(_machine, own.Id, events);
            state = union.State;
            Score(state, events, own.ScoredAt >= given.ScoredAt ? own : given);
            state.Ledger = union.Join(own.Ledger, given.Ledger);
            if (state.Ledger is { } ledger) union.Settle(ledger, outcomes);
        }
        else
        {
            state = StateJoin.Join(own.Id, own, given, _machine.Options);
            ActorScorer.FoldKept(core, state);
        }

        // What was due before that has fired for one of them, or will not: nobody is reminded of it now.
        AdvanceTo(state, upTo);
        return state;
    }

    /// <summary>The two customers that a joined one is without and of what was sent under some of its ids.</summary>
    /// <param name="members">The id that is parted, and those that were merged into it.</param>
    /// <param name="brought">Decisions that came with it.</param>
    public (CustomerState Own, CustomerState Other) Part(
        CustomerState joined, KeptHistory history, CustomerId other, IReadOnlySet<string> members, IReadOnlySet<string> brought)
    {
        var events = Sort(history.Read().Select(item => new UnionEvent(item, members.Contains(item.Customer.Value))));
        var union = HistoryUnion.Fold(_machine, joined.Id, events, other);
        var (own, parted) = (union.Own, union.Taken);
        Finish(own, events, isTaken: false, joined);
        Finish(parted, events, isTaken: true, joined);
        var came = DecisionLedger.Of((joined.Ledger?.Entries ?? []).Where(entry => brought.Contains(entry.DecisionId)));
        (own.Ledger, parted.Ledger) = union.Part(joined.Ledger, came);
        return (own, parted);
    }

    /// <summary>Scores one side of a parted history and brings it as far on in time as both were.</summary>
    private void Finish(CustomerState state, List<UnionEvent> events, bool isTaken, CustomerState joined)
    {
        List<UnionEvent> side = [.. events.Where(item => item.IsTaken == isTaken)];
        if (side.Count > 0) Score(state, side, joined);
        AdvanceTo(state, joined.OrderedUpTo);
    }

    private void AdvanceTo(CustomerState state, Instant upTo)
    {
        _discarded.Clear();
        _machine.AdvanceTo(state, upTo, _discarded);
    }

    /// <summary>Makes recurrent state and scores from the newest events; without a model the older scores stay, marked degraded.</summary>
    private void Score(CustomerState state, List<UnionEvent> events, CustomerState before)
    {
        var fold = new FoldRequest(Math.Clamp(events.Count, 1, SequenceMax));
        fold.Take(_machine, state.Id, events);
        state.SetScores(before.Scores, 0, before.ScoredAt);
        ActorScorer.Fold(core, state, fold);
    }

    /// <summary>In order of time, then of arrival.</summary>
    private static List<UnionEvent> Sort(IEnumerable<UnionEvent> events) =>
        HistoryUnion.Sort(events.Select(static (item, arrival) => (item, (long)arrival)));
}
