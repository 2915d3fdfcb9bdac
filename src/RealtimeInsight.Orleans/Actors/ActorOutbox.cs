using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Outbox;

namespace RealtimeInsight.Orleans.Actors;

/// <summary>The actions of one customer that wait for delivery. An action leaves only after the write that holds it.</summary>
internal sealed class ActorOutbox(CustomerCore core, IEnumerable<StoredAction> stored)
{
    private readonly List<StoredAction> _pending = [.. stored];

    /// <summary>Change that brought each action; actions read from the storage are not in here.</summary>
    private readonly Dictionary<string, long> _unsaved = new(StringComparer.Ordinal);

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<StoredAction> Pending => _pending;

    /// <summary>True while an action waits for its write.</summary>
    public bool HasUnsaved => _unsaved.Count != 0;

    /// <summary>Takes a decision's action in; false when the outbox is full, which is logged.</summary>
    public bool TryAdd(Decision decision, long change, string? trace)
    {
        if (_pending.Count >= core.Options.PendingActionsMax)
        {
            GrainLog.ActionDead(core.Logger, decision.Id, decision.Channel, 0, "the customer's outbox is full");
            return false;
        }

        Remove(decision.Id);
        _unsaved[decision.Id] = change;
        _pending.Add(new StoredAction
        {
            DecisionId = decision.Id,
            Channel = decision.Channel,
            CreatedAtMs = core.Now.UnixMs,
            Body = ActionBody.Write(decision, core.Options.Source),
            TraceParent = trace,
        });
        return true;
    }

    /// <summary>Takes over what another customer had not sent yet, whatever the limit; it leaves after the write of this one.</summary>
    public void Adopt(IEnumerable<StoredAction> actions, long change)
    {
        foreach (var action in actions)
        {
            Remove(action.DecisionId);
            _unsaved[action.DecisionId] = change;
            _pending.Add(action);
        }
    }

    /// <summary>Everything up to a change is in the storage.</summary>
    public void Saved(long change)
    {
        foreach (var (id, broughtBy) in _unsaved)
        {
            if (broughtBy <= change) _unsaved.Remove(id);
        }
    }

    /// <summary>The next action that may be sent; null when none is due.</summary>
    public StoredAction? NextDue()
    {
        var now = core.Now.UnixMs;
        return _pending.Find(action => action.DueAtMs <= now && !_unsaved.ContainsKey(action.DecisionId));
    }

    /// <summary>When the next saved action is due; <see cref="Instant.Never"/> without one.</summary>
    public Instant NextDueAt()
    {
        var due = Instant.Never;
        foreach (var action in _pending)
        {
            if (!_unsaved.ContainsKey(action.DecisionId)) due = Instant.Min(due, new Instant(action.DueAtMs));
        }

        return due;
    }

    /// <summary>When somebody has to look after the actions, saved or not; <see cref="Instant.Never"/> without any.</summary>
    public Instant WakeAt()
    {
        // What can leave now leaves now; the call comes in case that the silo dies meanwhile.
        var soon = core.Now + core.Options.DeliveryWaitMin;
        var due = Instant.Never;
        foreach (var action in _pending) due = Instant.Min(due, Instant.Max(new Instant(action.DueAtMs), soon));
        return due;
    }

    public bool Remove(string decisionId)
    {
        _unsaved.Remove(decisionId);
        return _pending.RemoveAll(action => string.Equals(action.DecisionId, decisionId, StringComparison.Ordinal)) != 0;
    }

    public bool Replace(StoredAction action)
    {
        var at = _pending.FindIndex(one => string.Equals(one.DecisionId, action.DecisionId, StringComparison.Ordinal));
        if (at >= 0) _pending[at] = action;
        return at >= 0;
    }

    public void Clear()
    {
        _pending.Clear();
        _unsaved.Clear();
    }

    /// <summary>The attempt after <paramref name="attempts"/>: doubling waits, or the receiver's wish where that is later.</summary>
    public Instant RetryAt(int attempts, DeliveryResult result)
    {
        var options = core.Options;
        var wait = options.DeliveryWaitMin * Math.Pow(2, Math.Min(attempts - 1, 30));
        if (wait > options.DeliveryWaitMax) wait = options.DeliveryWaitMax;
        if (result.RetryAfter is { } wish && wish > wait) wait = wish < options.DeliveryWaitMax ? wish : options.DeliveryWaitMax;
        return core.Now + wait;
    }
}
