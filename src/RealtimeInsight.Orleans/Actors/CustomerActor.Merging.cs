using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Identity;

namespace RealtimeInsight.Orleans.Actors;

/// <summary>What becomes of a customer when it is merged into another, takes another in, or parts with one.</summary>
internal sealed partial class CustomerActor
{
    private List<StoredMember> _members;

    /// <summary>Where this id's events go since it was merged; null for a customer of its own.</summary>
    public StoredForward? Forward { get; private set; }

    /// <summary>What an id that was parted has not taken back yet.</summary>
    public StoredPart? Parted { get; private set; }

    /// <summary>True for an id that was parted on request: no event merges it again.</summary>
    public bool StaysApart { get; private set; }

    /// <summary>The merged id's entry; null when it does not belong to this customer.</summary>
    public StoredMember? FindMember(string id) => _members.Find(one => string.Equals(one.Id, id, StringComparison.Ordinal));

    /// <summary>True for an id that was parted and may not know it yet, and for its members.</summary>
    public bool HasParted(string id) => Parted is { } part && (part.To == id || part.Members.Exists(one => one.Id == id));

    /// <summary>Hands everything over: from now on this id forwards. What it had is kept until it has been taken.</summary>
    public void Give(string to)
    {
        var now = _core.Now.UnixMs;
        Forward = new StoredForward
        {
            To = to,
            AtMs = now,
            Given = new StoredPart
            {
                From = _id.Value,
                To = to,
                AtMs = now,
                Customer = Bytes(State),
                History = History.ToBytes(),
                Marks = _marks.As(_id.Value),
                Pending = [.. Outbox.Pending.Select(action => action with { DecidedAs = action.DecidedAs ?? _id.Value })],
                Decisions = [.. _decisions],
                Members = [.. _members],
                Notes = [.. _notes],
                Dead = [.. _dead.Select(one => one with { Action = one.Action with { DecidedAs = one.Action.DecidedAs ?? _id.Value } })],
                Unfiled = [.. _unfiled.Keys],
            },
        };
        Begin();
        _dead = [];
        _unfiled.Clear();
        _marks = new ActorMarks(new Dictionary<string, long>(), _core.Options.PartitionsMax);
        _members = [];
        StaysApart = false;
        Changes++;
    }

    /// <summary>What was given has been taken and saved.</summary>
    public void Taken()
    {
        if (Forward is not { Given: not null } forward) return;
        Forward = forward with { Given = null };
        Changes++;
    }

    /// <summary>
    /// Makes another's history part of this customer's; taking it twice changes nothing. Not for one that <see cref="IsStale"/>.
    /// </summary>
    public void Take(StoredPart given)
    {
        if (FindMember(given.From) is not null) return;
        var brought = new List<string>();
        if (given.Customer.Length > 0)
        {
            var state = CustomerStateCodec.Read(given.Customer);
            var history = new KeptHistory(given.History, _core.Options.HistoryBytesMax);
            brought.AddRange((state.Ledger?.Entries ?? []).Select(static entry => entry.DecisionId));
            _outcomes.Clear();
            State = _folder.Join(State, History, state, history, _outcomes);
            History.Add(history);
            Outbox.Adopt(given.Pending, Changes + 1);
            foreach (var decision in given.Decisions) Keep(decision);
            _decisions = [.. _decisions.Select(static one => one with { HistoryLength = 0 })];
            AdoptNotes(given.Notes, given.From);
            NoteMerge(given.AtMs, "merged", "customer", given.From);
            foreach (var outcome in _outcomes) Note(outcome);
        }

        AdoptDead(given);
        _marks.Add(given.Marks);
        _members.Add(new StoredMember { Id = given.From, Into = _id.Value, Decisions = brought });
        _members.AddRange(given.Members);
        Changes++;
    }

    /// <summary>Parts with a member and what was sent as it; false when the history is not whole.</summary>
    public bool TryPart(StoredMember member)
    {
        if (!History.IsWhole) return false;
        var ids = MembersOf(member.Id);
        var (own, other) = _folder.Part(
            State, History, CustomerId.Parse(member.Id), ids, member.Decisions.ToHashSet(StringComparer.Ordinal));
        var (ownHistory, otherHistory) = (Empty(), Empty());
        foreach (var item in History.Read()) (ids.Contains(item.Customer.Value) ? otherHistory : ownHistory).Add(item);
        var gone = (other.Ledger?.Entries ?? []).Select(static entry => entry.DecisionId).ToHashSet(StringComparer.Ordinal);
        Parted = new StoredPart
        {
            From = _id.Value,
            To = member.Id,
            AtMs = _core.Now.UnixMs,
            Customer = Bytes(other),
            History = otherHistory.ToBytes(),
            Marks = _marks.Take(member.Id, ids),
            Pending = [],
            Decisions = [.. _decisions.Where(one => gone.Contains(one.DecisionId)).Select(static one => one with { HistoryLength = 0 })],
            Members = [.. _members.Where(one => one.Id != member.Id && ids.Contains(one.Id))],
            Notes = PartNotes(member.Id, ids),
            Dead = PartDead(member.Id, ids, gone),
        };
        (State, History) = (own, ownHistory);
        _decisions = [.. _decisions.Select(static one => one with { HistoryLength = 0 })];
        NoteMerge(Parted.AtMs, "unmerged", "customer", member.Id);
        _decisions.RemoveAll(one => gone.Contains(one.DecisionId));
        _members.RemoveAll(one => ids.Contains(one.Id));
        Changes++;
        return true;
    }

    /// <summary>The parted id has its history back.</summary>
    public void Restored()
    {
        Parted = null;
        Changes++;
    }

    /// <summary>Takes a history back and ends forwarding; false when it was taken back before, or the id was merged again since.</summary>
    public bool Restore(StoredPart part)
    {
        if (part.ErasedAtMs > 0) return Release(part);
        if (Forward is not { } forward || forward.To != part.From || forward.AtMs > part.AtMs) return false;
        Adopt(part);
        NoteMerge(part.AtMs, "unmerged", "from", part.From);
        StaysApart = true;
        return true;
    }

    /// <summary>Undoes <see cref="Give"/> when it could not be saved.</summary>
    public void KeepGiven(bool staysApart)
    {
        var given = Forward!.Given!;
        var ids = given.Members.Select(static one => one.Id).Append(_id.Value).ToHashSet(StringComparer.Ordinal);
        Adopt(given with { Marks = new ActorMarks(given.Marks, _core.Options.PartitionsMax).Take(_id.Value, ids) });
        StaysApart = staysApart;
    }

    private void Adopt(StoredPart part)
    {
        Forward = null;
        State = Read(part.Customer);
        History = new KeptHistory(part.History, _core.Options.HistoryBytesMax);
        _marks = new ActorMarks(part.Marks, _core.Options.PartitionsMax);
        _decisions = [.. part.Decisions];
        _members = [.. part.Members];
        _notes = [.. part.Notes];
        _dead = [];
        _unfiled.Clear();
        AdoptDead(part);
        Outbox.Clear();
        Outbox.Adopt(part.Pending, Changes + 1);
        Changes++;
    }

    private void Begin()
    {
        State = new CustomerState(_id);
        History = Empty();
        _decisions = [];
        _notes = [];
        _unpaid.Clear();
        Outbox.Clear();
    }

    private KeptHistory Empty() => new([], _core.Options.HistoryBytesMax);

    private HashSet<string> MembersOf(string id)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal) { id };
        while (_members.Exists(one => ids.Contains(one.Into) && ids.Add(one.Id)))
        {
            // Each round finds those that were merged into the ones found before.
        }

        return ids;
    }
}
