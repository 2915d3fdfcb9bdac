using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Audit;

/// <summary>
/// Folds one customer's events in order of arrival, as the engines do: each at the end where its time allows that, else the whole history
/// again. Without scores and ledger. Not thread-safe.
/// </summary>
public sealed class ArrivalFold(CustomerMachine machine)
{
    private readonly List<CustomerEvent> _events = [];
    private readonly EffectBuffer _discarded = new();

    /// <summary>After the newest event, before any deadline behind it; null before the first.</summary>
    public CustomerState? State { get; private set; }

    public void Clear()
    {
        _events.Clear();
        State = null;
    }

    public void Add(CustomerEvent item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var at = _events.Count;
        while (at > 0 && _events[at - 1].OccurredAt > item.OccurredAt) at--;
        _events.Insert(at, item);
        var state = State ??= new CustomerState(item.Customer);
        if (item.OccurredAt >= state.OrderedUpTo)
        {
            _discarded.Clear();
            machine.Apply(state, item, _discarded);
            return;
        }

        State = new CustomerState(state.Id);
        foreach (var earlier in _events)
        {
            _discarded.Clear();
            machine.Apply(State, earlier, _discarded);
        }

        AdvanceTo(state.OrderedUpTo);
    }

    /// <summary>Fires the deadlines up to then.</summary>
    public void AdvanceTo(Instant upTo)
    {
        _discarded.Clear();
        if (State is not null) machine.AdvanceTo(State, upTo, _discarded);
    }
}
