using System.Buffers;
using System.Text;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Orleans.Contracts.Events;

namespace RealtimeInsight.Orleans.Actors;

/// <summary>
/// One customer between the pure core and the grain: admits, applies, scores, decides, and counts the changes that a save has to cover.
/// Knows no Orleans. One caller at a time.
/// </summary>
internal sealed class CustomerActor
{
    private readonly CustomerCore _core;
    private readonly CustomerId _id;
    private readonly Dictionary<string, long> _marks;
    private readonly List<StoredDecision> _decisions;
    private readonly EffectBuffer _effects = new();
    private readonly DecisionOutput _output = new();

    /// <param name="stored">As saved last; null for a customer who was never saved.</param>
    /// <exception cref="FormatException">The stored state is not of a known version.</exception>
    public CustomerActor(CustomerCore core, CustomerId id, CustomerGrainState? stored)
    {
        _core = core;
        _id = id;
        State = stored is { Customer.Length: > 0 } ? CustomerStateCodec.Read(stored.Customer) : new CustomerState(id);
        _marks = stored is null ? new(StringComparer.Ordinal) : new(stored.Marks, StringComparer.Ordinal);
        _decisions = stored is null ? [] : [.. stored.Decisions];
        Outbox = new ActorOutbox(core, stored?.Pending ?? []);
    }

    public CustomerState State { get; private set; }

    public ActorOutbox Outbox { get; }

    /// <summary>Changes made since the activation; what a save covers is told by this number.</summary>
    public long Changes { get; private set; }

    /// <summary>Events applied since the activation.</summary>
    public long EventsApplied { get; private set; }

    public Instant NextDeadline => _core.Machine.NextDeadline(State);

    public bool HasEvents => State.EventCount > 0;

    /// <summary>Applies one event, scores it and decides about it.</summary>
    /// <param name="partition">Where it comes from; null when from no stream.</param>
    public async Task<EventOutcome> ObserveAsync(CustomerEvent item, string? partition, long offset)
    {
        if (partition is not null && _marks.TryGetValue(partition, out var mark) && offset <= mark) return EventOutcome.Duplicate;
        var outcome = Admit(ref item, hasPosition: partition is not null);
        if (outcome == EventOutcome.Accepted)
        {
            _effects.Clear();
            _core.Machine.Apply(State, item, _effects);
            await ActorScorer.ScoreAsync(_core, State);
            Decide(item, Instant.Max(_core.Now, item.OccurredAt));
            EventsApplied++;
        }

        if (partition is not null) _marks[partition] = offset;
        if (partition is not null || outcome == EventOutcome.Accepted) Changes++;
        return outcome;
    }

    /// <summary>Refuses a partition beyond the limit, before anything of its batch is applied.</summary>
    /// <exception cref="ArgumentException">The customer's events come from too many partitions.</exception>
    public void RequireRoomFor(string partition)
    {
        if (_marks.Count < _core.Options.PartitionsMax || _marks.ContainsKey(partition)) return;
        throw new ArgumentException(
            $"the customer's events come from more than {_core.Options.PartitionsMax} partitions, one is usual; "
            + "send a customer's events with the customer id as the partition key", nameof(partition));
    }

    /// <summary>Fires what is due; true when something was.</summary>
    public bool FireDue()
    {
        var now = _core.Now;
        if (NextDeadline > now) return false;
        _effects.Clear();
        _core.Machine.AdvanceTo(State, now, _effects);
        Decide(trigger: null, now);
        Changes++;
        return true;
    }

    /// <summary>Forgets everything but the marks.</summary>
    public void Erase()
    {
        State = new CustomerState(_id);
        _decisions.Clear();
        Outbox.Clear();
        Changes++;
    }

    /// <summary>The kept record of a decision; null when there is none.</summary>
    public StoredDecision? FindDecision(string decisionId) =>
        _decisions.Find(one => string.Equals(one.DecisionId, decisionId, StringComparison.Ordinal));

    /// <summary>Notes how a delivery ended, for an action that is still in the outbox; others were erased meanwhile.</summary>
    public void Settle(StoredAction action, DeliveryState state)
    {
        if (!Outbox.Remove(action.DecisionId)) return;
        Note(action.DecisionId, state, action.Attempts);
        Changes++;
    }

    /// <summary>Notes an attempt that has to be repeated.</summary>
    public void PutOff(StoredAction action)
    {
        if (!Outbox.Replace(action)) return;
        Note(action.DecisionId, DeliveryState.Pending, action.Attempts);
        Changes++;
    }

    /// <summary>A copy of everything, to be written: later changes do not reach it.</summary>
    public CustomerGrainState Snapshot()
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        if (HasEvents) CustomerStateCodec.Write(State, bytes);
        return new CustomerGrainState
        {
            Customer = bytes.WrittenSpan.ToArray(),
            Marks = new Dictionary<string, long>(_marks),
            Pending = [.. Outbox.Pending],
            Decisions = [.. _decisions],
        };
    }

    /// <summary>
    /// Says whether the event is applied. There is no log to fold again from: one that is older than the newest is put at the end of the
    /// history, within the allowed lateness.
    /// </summary>
    private EventOutcome Admit(ref CustomerEvent item, bool hasPosition)
    {
        var admission = _core.Machine.Admit(State, item);
        if (admission == Admission.Duplicate) return EventOutcome.Duplicate;
        if (item.OccurredAt >= State.OrderedUpTo) return EventOutcome.Accepted;

        // Its id may be one of those forgotten. In a stream the mark says that it is new; elsewhere nothing does.
        if (admission == Admission.BeyondWindow && !hasPosition) return EventOutcome.Late;
        if (State.LastSeen - item.OccurredAt > _core.Machine.Options.AllowedLateness) return EventOutcome.Late;
        item = item with { OccurredAt = State.OrderedUpTo };
        return EventOutcome.Accepted;
    }

    private void Decide(CustomerEvent? trigger, Instant now)
    {
        _output.Clear();
        _core.Maker.Decide(State, _effects.Span, trigger, now, ActorScorer.ModelOf(_core, State), _output);
        foreach (var decision in _output.Decisions)
        {
            var state = !decision.IsAction ? DeliveryState.None
                : Outbox.TryAdd(decision, Changes + 1) ? DeliveryState.Pending : DeliveryState.Dead;
            Keep(new StoredDecision { DecisionId = decision.Id, Record = Encoding.UTF8.GetString(decision.Record.Span), Delivery = state });
        }
    }

    private void Keep(StoredDecision decision)
    {
        _decisions.RemoveAll(one => string.Equals(one.DecisionId, decision.DecisionId, StringComparison.Ordinal));
        if (_decisions.Count >= _core.Options.DecisionRecordsMax) _decisions.RemoveAt(0);
        _decisions.Add(decision);
    }

    private void Note(string decisionId, DeliveryState state, int attempts)
    {
        var at = _decisions.FindIndex(one => string.Equals(one.DecisionId, decisionId, StringComparison.Ordinal));
        if (at >= 0) _decisions[at] = _decisions[at] with { Delivery = state, Attempts = attempts };
    }
}
