using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Orleans.Actors;

/// <summary>What is left of a customer that is erased: a moment, and where the id's own streams stood.</summary>
internal sealed partial class CustomerActor
{
    private long _erasedAtMs;

    /// <summary>True while there is anything to erase.</summary>
    public bool IsKnown => HasEvents || _members.Count > 0 || _notes.Count > 0 || DecisionsKnown().Count > 0;

    public IEnumerable<string> Members => _members.Select(static member => member.Id);

    /// <summary>Every decision that this customer has something of.</summary>
    public IReadOnlyCollection<string> DecisionsKnown() => DecisionsOf(_decisions, Outbox.Pending, _dead)
        .Concat((State.Ledger?.Entries ?? []).Select(static entry => entry.DecisionId))
        .ToHashSet(StringComparer.Ordinal);

    public bool WasErased => _erasedAtMs > 0;

    /// <summary>True for an event from before the id was erased: it is not taken again, whatever its own id.</summary>
    public bool IsGone(CustomerEvent item) => WasErased && item.OccurredAt.UnixMs <= _erasedAtMs;

    /// <summary>True for a history that was handed over before this customer was erased, and not taken until then.</summary>
    public bool IsStale(StoredPart given) => WasErased && given.AtMs <= _erasedAtMs && FindMember(given.From) is null;

    /// <summary>What a merged id is told that belongs to nobody any more, because its customer was erased, or is going to be now.</summary>
    public StoredPart ReleaseOf(string id) => new()
    {
        From = _id.Value,
        To = id,
        AtMs = _core.Now.UnixMs,
        Customer = [],
        History = [],
        Marks = _marks.Of(id),
        Pending = [],
        Decisions = [],
        Members = [],
        ErasedAtMs = FindMember(id) is null ? _erasedAtMs : _core.Now.UnixMs,
    };

    /// <summary>Ends forwarding with nothing to take back; false for an id that does not forward.</summary>
    public bool Release(StoredPart release)
    {
        if (Forward is null) return false;
        Adopt(release);
        Forget();
        _erasedAtMs = Math.Max(_erasedAtMs, release.ErasedAtMs);
        return true;
    }

    /// <summary>Forgets everything but the marks of what was sent under the customer's own id. Members have been let go.</summary>
    public void Erase()
    {
        ForgetDead();
        Begin();
        Forget();
        _members = [];
        _marks = new ActorMarks(_marks.Own(), _core.Options.PartitionsMax);
        _erasedAtMs = Math.Max(_erasedAtMs, _core.Now.UnixMs);
        Changes++;
    }

    /// <summary>
    /// What an id hands over <see cref="IsStale"/>: the list of dead letters has to forget it.
    /// </summary>
    /// <returns>The decisions that it was about.</returns>
    public IReadOnlyCollection<string> Refuse(StoredPart given)
    {
        foreach (var decision in given.Dead.Select(static one => one.Action.DecisionId).Concat(given.Unfiled)) _unfiled[decision] = Changes;
        Changes++;
        return DecisionsOf(given.Decisions, given.Pending, given.Dead).ToHashSet(StringComparer.Ordinal);
    }

    private static IEnumerable<string> DecisionsOf(
        IEnumerable<StoredDecision> records, IEnumerable<StoredAction> pending, IEnumerable<StoredDeadLetter> dead) =>
        records.Select(static one => one.DecisionId)
            .Concat(pending.Select(static one => one.DecisionId))
            .Concat(dead.Select(static one => one.Action.DecisionId));

    /// <summary>What is not handed over with a history.</summary>
    private void Forget()
    {
        StaysApart = false;
        _unnoted.Clear();
        _trace = null;
        _product = default;
    }
}
