using System.Buffers;
using System.Diagnostics;
using System.Text;
using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Audit;
using RealtimeInsight.Engine.Notices;
using RealtimeInsight.Orleans.Budgets;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Contracts.Replies;

namespace RealtimeInsight.Orleans.Actors;

/// <summary>
/// One customer between the pure core and the grain: admits, applies, scores, decides, and counts the changes that a save has to cover.
/// Knows no Orleans. One caller at a time.
/// </summary>
internal sealed partial class CustomerActor
{
    private readonly CustomerCore _core;
    private readonly CustomerId _id;
    private readonly HistoryFolder _folder;
    private readonly EffectBuffer _effects = new();
    private readonly List<Effect> _recent = [];
    private readonly DecisionOutput _output = new();
    private ActorMarks _marks;

    /// <summary>W3C trace context of the newest event; what its deadlines bring belongs to it. Null without one.</summary>
    private string? _trace;
    private readonly HashSet<string> _unnoted = new(StringComparer.Ordinal);
    private readonly List<(string Id, BudgetRule Budget)> _unpaid = [];
    private (string? Id, long Session) _product;
    private List<StoredDecision> _decisions;

    /// <param name="stored">As saved last; null for a customer who was never saved.</param>
    /// <exception cref="FormatException">The stored state is not of a known version.</exception>
    public CustomerActor(CustomerCore core, CustomerId id, CustomerGrainState? stored)
    {
        _core = core;
        _id = id;
        _folder = new HistoryFolder(core);
        _replay = new ArrivalFold(core.Machine);
        _notes = [.. stored?.Notes ?? []];
        _dead = [.. stored?.Dead ?? []];
        _mayBeListed = stored is not null;
        foreach (var decision in stored?.Unfiled ?? []) _unfiled[decision] = 0;
        State = Read(stored?.Customer ?? []);

        // A row without a history may be one from before histories were kept.
        var history = stored is { Customer.Length: > 0 } ? stored.History : stored?.History ?? [];
        History = new KeptHistory(history, core.Options.HistoryBytesMax);
        _marks = new ActorMarks(stored?.Marks ?? [], core.Options.PartitionsMax);
        _decisions = [.. stored?.Decisions ?? []];
        Outbox = new ActorOutbox(core, stored?.Pending ?? []);
        Forward = stored?.Forward;
        _members = [.. stored?.Members ?? []];
        Parted = stored?.Parted;
        StaysApart = stored?.StaysApart ?? false;
        _erasedAtMs = stored?.ErasedAtMs ?? 0;
    }

    public CustomerState State { get; private set; }

    public KeptHistory History { get; private set; }

    public ActorOutbox Outbox { get; }

    /// <summary>Changes made since the activation; what a save covers is told by this number.</summary>
    public long Changes { get; private set; }

    /// <summary>Events applied since the activation.</summary>
    public long EventsApplied { get; private set; }

    public Instant NextDeadline => _core.Machine.NextDeadline(State);

    public bool HasEvents => State.EventCount > 0;

    /// <summary>Applies one event, scores it and decides about it.</summary>
    /// <param name="source">Where it comes from; its position counts for the id that it was sent to.</param>
    public async Task<EventOutcome> ObserveAsync(CustomerEvent item, EventSource source)
    {
        if (_marks.Covers(source)) return EventOutcome.Duplicate;
        var outcome = EventOutcome.Accepted;
        switch (Admit(item, source))
        {
            case Admission.Duplicate:
                outcome = EventOutcome.Duplicate;
                break;
            case Admission.BeyondWindow:
                outcome = EventOutcome.Late;
                break;
            case Admission.OutOfOrder when History.IsWhole:
                _effects.Clear();
                State = _folder.Refold(State, History.Read(), item, _effects);
                Applied(item);
                break;
            case Admission.OutOfOrder:
                // The events before it are not here to be folded again: it is taken in at the end.
                await ApplyAsync(item with { OccurredAt = State.OrderedUpTo });
                break;
            default:
                await ApplyAsync(item);
                break;
        }

        if (_marks.Note(source) || outcome == EventOutcome.Accepted) Changes++;
        _core.Instruments.Observed(outcome);
        return outcome;
    }

    /// <summary>Refuses a partition beyond the limit, before anything of its batch is applied.</summary>
    /// <exception cref="ArgumentException">The customer's events come from too many partitions.</exception>
    public void RequireRoomFor(EventSource source) => _marks.RequireRoomFor(source);

    /// <summary>Fires what is due; true when something was.</summary>
    public bool FireDue()
    {
        var now = _core.Now;
        var due = NextDeadline;
        if (due > now) return false;
        _core.Instruments.Fired(now - due);
        _effects.Clear();
        _core.Machine.AdvanceTo(State, now, _effects);
        Decide(trigger: null, now);
        Changes++;
        return true;
    }

    /// <summary>The kept record of a decision; null when there is none.</summary>
    public StoredDecision? FindDecision(string decisionId) =>
        _decisions.Find(one => string.Equals(one.DecisionId, decisionId, StringComparison.Ordinal));

    /// <summary>Notes how a delivery ended, for an action that is still in the outbox; others were erased meanwhile.</summary>
    public void Settle(StoredAction action, DeliveryState state)
    {
        if (!Outbox.Remove(action.DecisionId)) return;
        Note(action, state);
        Changes++;
    }

    /// <summary>Notes an attempt that has to be repeated, or when it can be made at all.</summary>
    public void PutOff(StoredAction action)
    {
        if (!Outbox.Replace(action)) return;
        Note(action, DeliveryState.Pending);
        Changes++;
    }

    /// <summary>A copy of everything, to be written: later changes do not reach it.</summary>
    public CustomerGrainState Snapshot() => new()
    {
        Customer = Bytes(State),
        History = History.ToBytes(),
        Marks = _marks.ToDictionary(),
        Pending = [.. Outbox.Pending],
        Decisions = [.. _decisions],
        Forward = Forward,
        Members = [.. _members],
        Parted = Parted,
        StaysApart = StaysApart,
        ErasedAtMs = _erasedAtMs,
        Notes = [.. _notes],
        Dead = [.. _dead],
        Unfiled = [.. _unfiled.Keys],
    };

    private async Task ApplyAsync(CustomerEvent item)
    {
        _effects.Clear();
        _core.Machine.Apply(State, item, _effects);
        await ActorScorer.ScoreAsync(_core, State);
        Applied(item);
    }

    private void Applied(CustomerEvent item)
    {
        _trace = item.TraceParent ?? Activity.Current?.Id;
        _core.Watch.Saw(State, item, _core.Now);
        History.Add(item);
        NoteProducts(item);
        Decide(item, Instant.Max(_core.Now, item.OccurredAt));
        EventsApplied++;
    }

    /// <summary>
    /// Says whether the event is applied: <see cref="Admission.BeyondWindow"/> for one that is too late, or so old that nothing here tells
    /// it from a resend.
    /// </summary>
    private Admission Admit(CustomerEvent item, EventSource source)
    {
        var admission = _core.Machine.Admit(State, item);
        var isKnown = admission == Admission.Duplicate || (admission == Admission.BeyondWindow && History.Contains(item.Id));
        if (isKnown) return Admission.Duplicate;
        if (admission == Admission.New || item.OccurredAt >= State.OrderedUpTo) return Admission.New;

        // Its id may be one of those forgotten. A whole history has them all, in a stream the mark says that it is new.
        if (admission == Admission.BeyondWindow && !History.IsWhole && !source.HasPosition) return Admission.BeyondWindow;
        var isTooLate = State.LastSeen - item.OccurredAt > _core.Machine.Options.AllowedLateness;
        return isTooLate && !source.TakesLate ? Admission.BeyondWindow : Admission.OutOfOrder;
    }

    private void Decide(CustomerEvent? trigger, Instant now)
    {
        _output.Clear();
        TellEffects();
        var since = now - _core.Options.DecideWithin;
        if (trigger is not null && trigger.OccurredAt < since) trigger = null;
        _core.Maker.Decide(State, Recent(since), trigger, now, ActorScorer.ModelOf(_core, State), _output);
        foreach (var outcome in _output.Outcomes) Note(outcome);
        NoteVariants();
        foreach (var decision in _output.Decisions)
        {
            var state = !decision.IsAction ? DeliveryState.None
                : Outbox.TryAdd(decision, Changes + 1, _trace) ? DeliveryState.Pending : DeliveryState.Dead;
            _unnoted.Add(decision.Id);
            if (_core.Notices.HasReaders) _core.Notices.Publish(NoticeTexts.Of(decision, _id.Value));
            if (state == DeliveryState.Pending && _core.BudgetOf(decision.Rule) is { } budget) _unpaid.Add((decision.Id, budget));
            Keep(new StoredDecision
            {
                DecisionId = decision.Id, Record = Encoding.UTF8.GetString(decision.Record.Span), Delivery = state,
                HistoryLength = History.Length,
            });
        }
    }

    /// <summary>The effects that are young enough to be decided about; what concerns earlier decisions always is.</summary>
    private ReadOnlySpan<Effect> Recent(Instant since)
    {
        _recent.Clear();
        foreach (ref readonly var effect in _effects.Span)
        {
            var concernsDecision = effect.Kind is EffectKind.DecisionDue or EffectKind.AttributionEnded
                || (effect.After == CartState.Converted && State.Ledger is not null);
            if (concernsDecision || effect.At >= since) _recent.Add(effect);
        }

        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_recent);
    }

    /// <summary>Actions that have to be paid from a budget before they are saved.</summary>
    public IReadOnlyList<(string Id, BudgetRule Budget)> Unpaid => _unpaid.Count == 0 ? [] : [.. _unpaid];

    /// <summary>Notes that an action is paid, or takes it out of the outbox.</summary>
    public void Settle(string decisionId, BudgetRule budget, bool isPaid)
    {
        _unpaid.Remove((decisionId, budget));
        if (isPaid || !Outbox.Remove(decisionId)) return;
        GrainLog.OverBudget(_core.Logger, decisionId, budget.Campaign);
        Note(decisionId, DeliveryState.OverBudget, 0, []);
    }

    /// <summary>Decisions made since they were last asked for.</summary>
    public IReadOnlyList<string> NewDecisions => [.. _unnoted];

    /// <summary>It is known whose decisions these are.</summary>
    public void Noted(IReadOnlyList<string> decisions) => _unnoted.ExceptWith(decisions);

    private void NoteProducts(CustomerEvent item)
    {
        if (item.Products.Count == 0) return;
        var session = State.Session.Number;
        _core.Products.Note(item, _product.Session == session ? _product.Id : null);
        _product = (item.Products[0].ProductId, session);
    }

    private void Keep(StoredDecision decision)
    {
        _decisions.RemoveAll(one => string.Equals(one.DecisionId, decision.DecisionId, StringComparison.Ordinal));
        if (_decisions.Count >= _core.Options.DecisionRecordsMax) _decisions.RemoveAt(0);
        _decisions.Add(decision);
    }

    private void Note(StoredAction action, DeliveryState state) => Note(action.DecisionId, state, action.Attempts, action.Tried);

    private void Note(string decisionId, DeliveryState state, int attempts, List<AttemptReply> tried)
    {
        var at = _decisions.FindIndex(one => string.Equals(one.DecisionId, decisionId, StringComparison.Ordinal));
        if (at >= 0) _decisions[at] = _decisions[at] with { Delivery = state, Attempts = attempts, Tried = tried };
    }

    private CustomerState Read(byte[] bytes) => bytes.Length > 0 ? CustomerStateCodec.Read(bytes) : new CustomerState(_id);

    private static byte[] Bytes(CustomerState state)
    {
        if (state.EventCount == 0) return [];
        var bytes = new ArrayBufferWriter<byte>(1024);
        CustomerStateCodec.Write(state, bytes);
        return bytes.WrittenSpan.ToArray();
    }
}
