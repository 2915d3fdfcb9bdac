using System.Runtime.InteropServices;
using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// Asks the policy about what happened to one customer and logs what it decides. By the wall clock, what happened too long ago is not
/// acted on: history that is loaded now must not send reminders of old carts.
/// </summary>
internal sealed class TurnDecider(
    DecisionMaker maker,
    TurnScorer scorer,
    UnitBuilder builder,
    ShardCounters counters,
    EngineOptions options,
    EngineInstruments instruments)
{
    private readonly DecisionOutput _output = new();
    private readonly List<Effect> _kept = [];

    /// <param name="trigger">The event that brought the effects; null for deadlines.</param>
    /// <param name="now">The moment of deciding.</param>
    /// <param name="foldedUpTo">Up to when the customer is folded; a replay folds as far before it puts the decisions back.</param>
    public void Decide(CustomerSlot slot, ReadOnlySpan<Effect> effects, CustomerEvent? trigger, Instant now, Instant foldedUpTo)
    {
        builder.Effects(slot, effects);
        if (trigger is null) scorer.Watch.Reach(now);
        else scorer.Watch.Saw(slot, trigger, now);
        if (options.Clock == EngineClock.Wall)
        {
            var since = now - options.DecideWithin;
            effects = Recent(effects, since, slot.State.Ledger is not null);
            if (trigger is not null && trigger.OccurredAt < since) trigger = null;
        }

        _output.Clear();
        maker.Decide(slot.State, effects, trigger, now, scorer.NameOf(slot.State.ModelStamp), _output);
        foreach (var outcome in _output.Outcomes) builder.Outcome(slot, outcome);
        foreach (var decision in _output.Decisions)
        {
            builder.Decision(slot, decision, foldedUpTo);
            counters.Decided(decision);
            instruments.Decided(decision.Rule, decision.Status, decision.Reason);
            if (slot.State.ScoredAt.HasValue) instruments.ScoresUsed(slot.State.LastSeen - slot.State.ScoredAt);
        }
    }

    /// <summary>The effects that are young enough; what concerns earlier decisions always is.</summary>
    private ReadOnlySpan<Effect> Recent(ReadOnlySpan<Effect> effects, Instant since, bool hasDecisions)
    {
        var isAllRecent = true;
        foreach (ref readonly var effect in effects) isAllRecent &= effect.At >= since;
        if (isAllRecent) return effects;
        _kept.Clear();
        foreach (ref readonly var effect in effects)
        {
            var concernsDecision = effect.Kind is EffectKind.DecisionDue or EffectKind.AttributionEnded
                || (effect.After == CartState.Converted && hasDecisions);
            if (concernsDecision || effect.At >= since) _kept.Add(effect);
            else counters.EffectsStale++;
        }

        return CollectionsMarshal.AsSpan(_kept);
    }
}
