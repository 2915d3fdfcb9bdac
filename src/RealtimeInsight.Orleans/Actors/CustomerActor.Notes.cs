using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Audit;
using RealtimeInsight.Engine.Notices;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Reads;
using RealtimeInsight.Orleans.Variants;

namespace RealtimeInsight.Orleans.Actors;

/// <summary>What a customer remembers for its timeline and for explanations.</summary>
internal sealed partial class CustomerActor
{
    private const string Outcomes = "outcome";
    public const string Merges = "merge";
    private readonly ArrivalFold _replay;
    private readonly List<DecisionOutcome> _outcomes = [];
    private readonly List<VariantNote> _variants = [];
    private List<StoredNote> _notes;

    /// <summary>Outcomes of decisions and merges, oldest first.</summary>
    public IReadOnlyList<StoredNote> Notes => _notes;

    /// <summary>
    /// What is to be explained; null for a customer without events, and for a decision whose history is not known any more.
    /// </summary>
    /// <param name="decisionId">Null for the score now.</param>
    public ExplainedState? Explained(string? decisionId)
    {
        var model = ActorScorer.NameOf(_core, State).Name;
        if (ExplainedState.Of(State, model) is not { } now) return null;
        var isReplayable = History.IsWhole && _members.Count == 0;
        if (decisionId is null) return now.As(isReplayable ? LastScored(int.MaxValue) : null);
        if (!isReplayable || FindDecision(decisionId) is not { HistoryLength: > 0 } decision) return null;
        return LastScored(decision.HistoryLength) is { } then
            ? now.As(then).With(decisionId, JsonNode.Parse(decision.Record)!)
            : null;
    }

    /// <summary>What is to be learned of variants from what is saved next; nobody is told of it before.</summary>
    public VariantNote[] TakeVariants()
    {
        VariantNote[] taken = [.. _variants];
        _variants.Clear();
        return taken;
    }

    /// <summary>These were not saved after all.</summary>
    public void PutBack(VariantNote[] variants) => _variants.InsertRange(0, variants);

    private void NoteVariants()
    {
        foreach (var decision in _output.Decisions)
        {
            if (decision.Entry.Given is not { } given || !decision.IsAction) continue;
            _variants.Add(new VariantNote(given.Rule, given.Variant, given.DecidedAt.UnixMs, null, given.DecidedAt.UnixMs));
        }

        foreach (var outcome in _output.Outcomes)
        {
            if (outcome.Given is not { } given) continue;
            _variants.Add(new VariantNote(
                given.Rule, given.Variant, given.DecidedAt.UnixMs, outcome.Outcome == OutcomeKind.Recovered, outcome.At.UnixMs));
        }
    }

    private CustomerState? LastScored(int historyLength)
    {
        _replay.Clear();
        foreach (var item in History.Read(historyLength)) _replay.Add(item);
        var state = _replay.State;
        _replay.Clear();
        return state;
    }

    private void Note(DecisionOutcome outcome) => Note(outcome.At, Outcomes, DecisionRecord.WireName(outcome.Outcome)!, new JsonObject
    {
        ["decision_id"] = outcome.DecisionId, ["value"] = outcome.Value,
    });

    /// <param name="role">Of the other: <c>customer</c>, or <c>from</c> for whom this one was part of.</param>
    private void NoteMerge(long atMs, string name, string role, string other)
    {
        Note(new Instant(atMs), Merges, name, new JsonObject { [role] = other });
        if (!_core.Notices.HasReaders || role != "customer") return;
        var text = name == "merged" ? NoticeTexts.Merged(other) : NoticeTexts.Unmerged(other);
        _core.Notices.Publish(new EngineNotice(new Instant(atMs), name, _id.Value, text));
    }

    private void TellEffects()
    {
        if (!_core.Notices.HasReaders) return;
        foreach (ref readonly var effect in _effects.Span)
        {
            if (NoticeTexts.Of(effect, _id.Value) is { } notice) _core.Notices.Publish(notice);
        }
    }

    private void Note(Instant at, string type, string name, JsonObject detail)
    {
        _notes.Add(new StoredNote { AtMs = at.UnixMs, Type = type, Name = name, Detail = detail.ToJsonString() });
        LimitNotes();
    }

    /// <summary>Takes over what happened to an id that becomes part of this customer, before what happens from now on.</summary>
    private void AdoptNotes(IEnumerable<StoredNote> given, string from)
    {
        _notes = [.. _notes.Concat(given.Select(note => note with { Of = note.Of ?? from })).OrderBy(static note => note.AtMs)];
        LimitNotes();
    }

    /// <summary>Takes out what happened to an id and those merged into it before it was merged.</summary>
    private List<StoredNote> PartNotes(string id, IReadOnlySet<string> members)
    {
        List<StoredNote> parted = [.. _notes.Where(note => note.Of is { } of && members.Contains(of))];
        _notes.RemoveAll(note => note.Of is { } of && members.Contains(of));
        return [.. parted.Select(note => note.Of == id ? note with { Of = null } : note)];
    }

    private void LimitNotes()
    {
        if (_notes.Count > _core.Options.TimelineNotesMax) _notes.RemoveRange(0, _notes.Count - _core.Options.TimelineNotesMax);
    }
}
