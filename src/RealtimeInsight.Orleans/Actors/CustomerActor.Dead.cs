namespace RealtimeInsight.Orleans.Actors;

/// <summary>The customer's actions that were given up. The cluster's list of dead letters is told of them after they are saved.</summary>
internal sealed partial class CustomerActor
{
    /// <summary>Change after which the list has to be told of a decision again.</summary>
    private readonly Dictionary<string, long> _unfiled = new(StringComparer.Ordinal);
    private List<StoredDeadLetter> _dead;

    /// <summary>Decisions of which the list does not know yet how they stand.</summary>
    public IReadOnlyCollection<string> Unfiled => _unfiled.Keys;

    public StoredDeadLetter? FindDead(string decisionId) =>
        _dead.Find(one => string.Equals(one.Action.DecisionId, decisionId, StringComparison.Ordinal));

    /// <summary>Gives an action of the outbox up.</summary>
    public void Die(StoredAction action)
    {
        if (!Outbox.Remove(action.DecisionId)) return;
        Note(action, DeliveryState.Dead);
        Changes++;
        Bury(new StoredDeadLetter(action, _core.Now.UnixMs));
    }

    /// <summary>Makes an action that was given up pending again, due now; false when there is none.</summary>
    public bool Redrive(string decisionId)
    {
        if (FindDead(decisionId) is not { } letter) return false;
        _dead.Remove(letter);
        Changes++;
        _unfiled[decisionId] = Changes;
        var action = letter.Action with { DueAtMs = _core.Now.UnixMs, RoundStart = letter.Action.Attempts };
        Outbox.Adopt([action], Changes);
        Note(action, DeliveryState.Pending);
        return true;
    }

    /// <summary>The list knows of these decisions as they stood at a change.</summary>
    public void Filed(IEnumerable<string> decisions, long change)
    {
        foreach (var decision in decisions)
        {
            if (_unfiled.TryGetValue(decision, out var since) && since <= change && _unfiled.Remove(decision)) Changes++;
        }
    }

    private void Bury(StoredDeadLetter letter)
    {
        _dead.RemoveAll(one => one.Action.DecisionId == letter.Action.DecisionId);
        _dead.Add(letter);
        _unfiled[letter.Action.DecisionId] = Changes;
        while (_dead.Count > _core.Options.DeadLettersMax)
        {
            GrainLog.DeadLetterDropped(_core.Logger, _dead[0].Action.DecisionId, _core.Options.DeadLettersMax);
            _unfiled[_dead[0].Action.DecisionId] = Changes;
            _dead.RemoveAt(0);
        }
    }

    private void AdoptDead(StoredPart given)
    {
        foreach (var letter in given.Dead) Bury(letter);
        foreach (var decision in given.Unfiled) _unfiled[decision] = Changes;
    }

    /// <summary>Takes out what belongs to an id that is parted: decided as it or its members, or of decisions that go along.</summary>
    private List<StoredDeadLetter> PartDead(string id, IReadOnlySet<string> members, IReadOnlySet<string> decisions)
    {
        List<StoredDeadLetter> parted = [.. _dead.Where(one => decisions.Contains(one.Action.DecisionId)
            || (one.Action.DecidedAs is { } decidedAs && members.Contains(decidedAs)))];
        _dead.RemoveAll(parted.Contains);
        foreach (var letter in parted) _unfiled.Remove(letter.Action.DecisionId);
        return
        [
            .. parted.Select(one => one.Action.DecidedAs == id ? one with { Action = one.Action with { DecidedAs = null } } : one),
        ];
    }

    /// <summary>Forgets all; the list has to forget them too.</summary>
    private void ForgetDead()
    {
        foreach (var letter in _dead) _unfiled[letter.Action.DecisionId] = Changes + 1;
        _dead = [];
    }
}
