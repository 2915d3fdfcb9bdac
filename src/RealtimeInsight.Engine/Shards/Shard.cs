using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Engine.Timers;
using RealtimeInsight.Engine.Watching;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// A part of the customers and everything that happens to them, one turn at a time: admit, apply, score, decide, log. Knows no thread:
/// its loop calls it, one call at a time.
/// </summary>
internal sealed class Shard
{
    private readonly EngineOptions _options;
    private readonly CustomerMachine _machine;
    private readonly TurnDecider _decider;
    private readonly EventGate _gate;
    private readonly TurnScorer _scorer;
    private readonly Refolder _refolder;
    private readonly UnitBuilder _builder;
    private readonly TimeProvider _time;
    private readonly EngineInstruments _instruments;
    private readonly EffectBuffer _effects = new();
    private readonly EffectBuffer[] _rowEffects;
    private readonly TurnEvent[] _rows;
    private readonly TurnQueue _turn;
    private readonly SegmentShares _shares = new();
    private readonly ShardDeadlines _deadlines;
    private ShardReplay? _replay;
    private int _round;

    public Shard(int index, ShardParts parts)
    {
        Index = index;
        _options = parts.Options;
        _machine = parts.Machine;
        _gate = new EventGate(_machine, _options.KeepLog ? parts.Store : null, parts.Logger);
        _time = parts.Time;
        _instruments = parts.Instruments;
        _scorer = new TurnScorer(parts.Scorer, _options, Counters, _time, Watch = parts.NewWatch());
        _refolder = new Refolder(_machine, parts.Log, _scorer, _options.RefoldEventsMax);
        _builder = new UnitBuilder(index, parts.Pool, parts.Notices, parts.Audit, _options.Outbox.Source, _time)
        {
            LearnsEvents = parts.LearnsEvents, IsLogged = _options.KeepLog,
        };
        _decider = new TurnDecider(parts.Maker, _scorer, _builder, Counters, _options, _instruments);
        Customers = new CustomerTable(_shares, parts.Store, Counters);
        Saver = new StateSaver(_options, _machine, Customers, _shares, _time, parts.SegmentNumbers);
        _deadlines = new ShardDeadlines(Customers, _machine);
        Memory = new MemoryLimit(parts.ResidentBytesMax, Customers, _deadlines, Saver, Counters);
        Merger = new ShardMerger(this, parts, _scorer, _builder, _deadlines);
        Customers.Cold.Damage = Damage = new DamagedStates(Customers, _shares, Saver, _deadlines, _builder, Counters, parts);
        _rowEffects = [.. Enumerable.Range(0, _scorer.RowsMax).Select(static _ => new EffectBuffer())];
        _rows = new TurnEvent[_scorer.RowsMax];
        _turn = new TurnQueue(this, parts.Erased, _builder, _scorer.RowsMax);
    }

    public int Index { get; }

    public CustomerTable Customers { get; }

    public ShardCounters Counters { get; } = new();

    public StateSaver Saver { get; }

    /// <summary>Joins and parts histories, on request.</summary>
    public ShardMerger Merger { get; }

    /// <summary>Customers whose stored data is damaged.</summary>
    public DamagedStates Damage { get; }

    public TimingWheel Wheel => _deadlines.Wheel;

    public MemoryLimit Memory { get; }
    public OutcomeWatch Watch { get; }

    /// <summary>Set after recovery, before the first turn.</summary>
    public CommitQueue Queue { get; set; } = null!;

    /// <summary>By the engine's clock: of this turn, or of the newest event.</summary>
    public Instant Now { get; private set; }

    /// <summary>What readers take for now.</summary>
    public Instant AsOf => IsEventTime ? Now : WallNow();

    /// <summary>Why scores are old now.</summary>
    public string DegradedReason => _scorer.Stamp == 0 ? "no model is loaded" : "the model could not score the newest event";

    /// <summary>The model that made a score: by its stamp, or the one that serves now where that is not known.</summary>
    public string ModelName(uint stamp) => _scorer.NameOf(stamp) ?? _scorer.NameOf(_scorer.Stamp) ?? "none";

    private bool IsEventTime => _options.Clock == EngineClock.EventTime;

    /// <summary>Deadlines that were due before and could not be fired: their customers could not be read.</summary>
    public bool HasOverdue => _deadlines.Due.Count > 0;

    /// <summary>Makes the replay of store and log into this shard; used before the first turn.</summary>
    public ShardReplay Replay() => _replay = new ShardReplay(Customers, _shares, _machine, _scorer, _refolder, Saver);

    /// <summary>Counts what there is and arms all deadlines, without reading a state; called once, after the replay.</summary>
    public void Begin()
    {
        var replay = _replay ?? throw new InvalidOperationException("the shard has not been replayed");
        _replay = null;
        Now = IsEventTime ? replay.Newest : WallNow();
        _deadlines.Begin(Now);
        replay.Finish(Counters, _deadlines);

        // Readers before the first turn want to know which model serves.
        _scorer.Begin();
        _scorer.End();
        Counters.Customers = Customers.Count - Merger.Forwarders;
        Counters.DeadlinesArmed = Wheel.Count;
    }

    /// <summary>
    /// Brings everything into memory that the turn over these parts will touch; before the turn, and again when it failed: nothing has
    /// changed then.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    public void Prepare(List<IngestPart> parts)
    {
        Customers.Cold.Forget();
        foreach (var part in parts) Customers.Want(part.Hashes);
        if (!IsEventTime)
        {
            Now = WallNow();
            _deadlines.Take(Now, _options.DeadlinesPerTurnMax);
        }

        _deadlines.Want();
        Customers.Cold.ReadWanted();
    }

    /// <summary>
    /// One turn: the parts' events, each customer's in order of event time and one a model run, then the deadlines that are due. Returns
    /// true when a unit was queued for commit. <see cref="Prepare"/> comes before.
    /// </summary>
    public bool RunTurn(List<IngestPart> parts)
    {
        Watch.Pass();
        _scorer.Begin(hasShadow: true);
        try
        {
            _turn.Gather(parts);
            Apply();
            if (parts is [.., { Command: { } command }]) command.Run(this);
            FireDue(Now);
        }
        finally
        {
            _scorer.End();
        }

        return FinishTurn();
    }

    /// <summary>
    /// Fires what is still to come, in order, as much as one turn may; used with event time. True when a unit was queued.
    /// </summary>
    public bool RunTowardsEnd()
    {
        Watch.Pass();
        for (var looks = _options.DeadlinesPerTurnMax; looks > 0 && Wheel.Count > 0; looks--)
        {
            FireDue(new Instant(Math.Max(Now.UnixMs, Wheel.NextLook())));
        }

        return FinishTurn();
    }

    private bool FinishTurn()
    {
        Counters.Customers = Customers.Count - Merger.Forwarders;
        Counters.DeadlinesArmed = Wheel.Count;
        var hasContent = _builder.HasContent;
        if (hasContent) _builder.Finish(Queue, Saver);
        else _builder.Skip(Queue, Saver);
        return hasContent;
    }

    /// <summary>The unit being made, to attach a settlement to.</summary>
    public CommitUnit Unit => _builder.Unit;

    private Instant WallNow() => Instant.From(_time.GetUtcNow());

    private void Apply()
    {
        for (; _turn.Count > 0; _turn.NextRound())
        {
            _round++;
            for (var i = 0; i < _turn.Count; i++)
            {
                if (i == _turn.Found)
                {
                    FinishRows();
                    _turn.Find();
                }

                ref var item = ref _turn[i];
                if (item.Slot.Round == _round)
                {
                    _turn.Keep(item);
                    continue;
                }

                item.Slot.Round = _round;
                Apply(ref item);
            }

            FinishRows();
        }
    }

    private void Apply(ref TurnEvent item)
    {
        var slot = item.Slot;
        switch (_gate.Admit(slot, item.Event, _builder.Log, Queue))
        {
            case null:
                Damage.PutAside(item.Part, item.Position);
                return;
            case Admission.Duplicate:
                Settle(item, EventOutcome.Duplicate);
                return;
            case Admission.OutOfOrder:
                TakeLate(ref item);
                return;
        }

        CatchUp(slot, item.Event.OccurredAt);
        Now = IsEventTime ? Instant.Max(Now, item.Event.OccurredAt) : Now;
        ApplyInOrder(ref item);
    }

    private void ApplyInOrder(ref TurnEvent item)
    {
        var state = item.Slot.State;
        var row = _scorer.Rows;
        var effects = _rowEffects[row];
        effects.Clear();
        var isNew = state.EventCount == 0;
        _machine.Apply(state, item.Event, effects);
        _rows[row] = item;
        var stamp = _scorer.StampFor(state);
        if (stamp == 0)
        {
            _scorer.Miss(state);
            Complete(item, effects);
        }
        else if (state.ModelStamp == stamp || isNew)
        {
            _scorer.AddRow(state);
            if (_scorer.Rows == _scorer.RowsMax) FinishRows();
        }
        else
        {
            _scorer.FoldKept(state);
            Complete(item, effects);
        }
    }

    private void FinishRows()
    {
        var rows = _scorer.Rows;
        if (rows == 0) return;
        _scorer.Step();
        for (var row = 0; row < rows; row++)
        {
            ref var item = ref _rows[row];
            _scorer.Settle(row, item.Slot.State);
            Complete(item, _rowEffects[row]);
            item = default;
        }
    }

    /// <summary>After the scores: logs the event and decides about it.</summary>
    private void Complete(in TurnEvent item, EffectBuffer effects)
    {
        Counters.Happened(effects.Span);
        _builder.Event(item);
        Decide(item.Slot, effects, item.Event, Instant.Max(Now, item.Event.OccurredAt), item.Event.OccurredAt);
        Settle(item, EventOutcome.Accepted);
    }

    private void Decide(CustomerSlot slot, EffectBuffer effects, CustomerEvent? trigger, Instant now, Instant foldedUpTo)
    {
        _decider.Decide(slot, effects.Span, trigger, IsEventTime && trigger is not null ? trigger.OccurredAt : now, foldedUpTo);
        Customers.Live.Track(slot);
        _deadlines.Rearm(slot);
    }

    /// <summary>An event that is older than what is applied: folded in with the history, put at its end, or kept aside.</summary>
    private void TakeLate(ref TurnEvent item)
    {
        var slot = item.Slot;
        var old = slot.State;
        if (item.Part.Late != LateRule.TakeIn && old.LastSeen - item.Event.OccurredAt > _machine.Options.AllowedLateness)
        {
            var isKept = item.Part.Late == LateRule.KeepAside;
            if (isKept) _builder.Reject(LateReject.Of(item.Event, old.LastSeen, _machine.Options.AllowedLateness));
            if (isKept) Counters.EventsRejected++;
            Settle(item, EventOutcome.Late);
            return;
        }

        if (!_options.KeepLog || !Damage.TryReadHistory(_refolder, UnitBuilder.NewestOf(slot), _builder.Log))
        {
            Counters.EventsClamped++;
            item = item with { Event = item.Event with { OccurredAt = old.OrderedUpTo } };
            ApplyInOrder(ref item);
            return;
        }

        _effects.Clear();
        var state = _refolder.Refold(old, item.Event, _effects);
        Counters.Refolded(old, state);
        slot.State = state;
        _builder.Event(item);
        Decide(slot, _effects, item.Event, Instant.Max(Now, item.Event.OccurredAt), state.OrderedUpTo);
        Settle(item, EventOutcome.Accepted);
    }

    private void Settle(in TurnEvent item, EventOutcome outcome)
    {
        item.Part.SetOutcome(item.Position, outcome);
        Counters.Event(outcome, item.Event.Kind);
    }

    /// <summary>With event time: what is due for a customer before its next event fires first, each at its own time.</summary>
    public void CatchUp(CustomerSlot slot, Instant upTo)
    {
        if (!IsEventTime) return;
        while (_machine.NextDeadline(slot.State) is var due && due <= upTo) Fire(slot, due);
    }

    private void FireDue(Instant upTo)
    {
        var left = _options.DeadlinesPerTurnMax;
        do
        {
            left -= _deadlines.Due.Count;
            foreach (var index in _deadlines.Due) FireDue(index, upTo);
            _deadlines.Fired();
        }
        while (left > 0 && _deadlines.Take(upTo, left) && _deadlines.TryWake());
    }

    private void FireDue(int index, Instant upTo)
    {
        if (Damage.CauseOf(index) is not null) return;
        var slot = Customers[index];
        var due = _machine.NextDeadline(slot.State);
        if (due > upTo)
        {
            _deadlines.Rearm(slot);
            return;
        }

        if (IsEventTime) Now = Instant.Max(Now, due);
        Fire(slot, IsEventTime ? due : Now);
        if (!IsEventTime) _instruments.DeadlineFired(WallNow() - due);
    }

    private void Fire(CustomerSlot slot, Instant at)
    {
        _effects.Clear();
        _machine.AdvanceTo(slot.State, at, _effects);
        Counters.DeadlinesFired++;
        Counters.Happened(_effects.Span);
        _builder.Touch(slot);
        Decide(slot, _effects, trigger: null, at, at);
    }
}
