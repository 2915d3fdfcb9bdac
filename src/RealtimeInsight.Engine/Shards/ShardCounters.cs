using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Shards;

/// <summary>Counts of one shard: written by its thread alone, read by any. Gauges are kept by transitions, not by scans.</summary>
internal sealed class ShardCounters
{
    public const int Outcomes = 4;
    public const int Reasons = 7;

    private readonly long[] _events = new long[Outcomes * EventKinds.Count];
    private readonly long[] _carts = new long[CartStates.Count];
    private readonly long[] _suppressed = new long[Reasons];
    private readonly long[] _statuses = new long[4];

    public long Customers;

    /// <summary>Customers in memory, their bytes, and how many came and went.</summary>
    public long Resident;
    public long ResidentBytes;
    public long Loads;
    public long Evictions;
    public long RecordsReplayed;

    /// <summary>Customers made anew from the log, those that are lost, and histories that a late event was put at the end of.</summary>
    public long Rebuilt;
    public long Lost;
    public long HistoriesUnreadable;
    public long EventsRejected;
    public long EventsClamped;
    public long EffectsStale;
    public long Refolds;
    public long Folds;
    public long Scores;
    public long ScoresDegraded;
    public long ScoresChallenger;
    public long ScoresShadow;
    public long SessionsStarted;
    public long SessionsOpen;
    public long CartsOpened;
    public long DeadlinesFired;
    public long DeadlinesArmed;
    public long Merges;
    public long MergesBeyondLimit;
    public long Unmerges;

    public void Event(EventOutcome outcome, EventKind kind) => _events[((int)outcome * EventKinds.Count) + (int)kind]++;

    public long Events(EventOutcome outcome, EventKind kind) =>
        Volatile.Read(ref _events[((int)outcome * EventKinds.Count) + (int)kind]);

    public long Events(EventOutcome outcome)
    {
        var sum = 0L;
        for (var kind = 0; kind < EventKinds.Count; kind++) sum += Events(outcome, (EventKind)kind);
        return sum;
    }

    public long Carts(CartState state) => Volatile.Read(ref _carts[(int)state]);

    public long Suppressed(SuppressionReason reason) => Volatile.Read(ref _suppressed[(int)reason]);

    public long Decisions(DecisionStatus status) => Volatile.Read(ref _statuses[(int)status]);

    public void Decided(Decision decision)
    {
        _statuses[(int)decision.Status]++;
        if (decision.Status == DecisionStatus.Suppressed) _suppressed[(int)decision.Reason]++;
    }

    public void Happened(ReadOnlySpan<Effect> effects)
    {
        foreach (ref readonly var effect in effects)
        {
            switch (effect.Kind)
            {
                case EffectKind.SessionStarted:
                    SessionsStarted++;
                    SessionsOpen++;
                    break;
                case EffectKind.SessionEnded:
                    SessionsOpen--;
                    break;
                case EffectKind.CartOpened:
                    CartsOpened++;
                    break;
            }

            if (effect.After == effect.Before) continue;
            if (effect.Before != CartState.None) _carts[(int)effect.Before]--;
            if (effect.After != CartState.None) _carts[(int)effect.After]++;
        }
    }

    /// <summary>A history was folded again: the new state takes the place of the old.</summary>
    public void Refolded(CustomerState old, CustomerState state)
    {
        Refolds++;
        Gauge(old, sign: -1);
        Gauge(state, sign: 1);
        SessionsStarted += state.Session.Number - old.Session.Number;
        CartsOpened += state.CartCount - old.CartCount;
    }

    /// <summary>Takes a state's session and carts in (or out): at recovery, and around a change that gives no effects.</summary>
    public void Gauge(CustomerState state, int sign) => Gauge(StateFacts.Of(state), sign);

    public void Gauge(StateFacts facts, int sign)
    {
        if (facts.IsSessionOpen) SessionsOpen += sign;
        for (var i = 0; i < CustomerState.CartsMax; i++)
        {
            if (facts.CartAt(i) is not CartState.None and var cart) _carts[(int)cart] += sign;
        }
    }
}
