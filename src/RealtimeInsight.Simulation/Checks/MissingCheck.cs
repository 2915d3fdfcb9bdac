using System.Globalization;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Simulation.Plan;
using RealtimeInsight.Simulation.World;

namespace RealtimeInsight.Simulation.Checks;

/// <summary>
/// No decision is missing: each cart that was abandoned while its customer was quiet, so that nothing could undo it before the engine
/// looked, has one. Looks away where the wall clock was set: the engine then acts on a time that was not.
/// </summary>
internal sealed class MissingCheck(SimulatedWorld world, Shop shop)
{
    private static readonly TimeSpan s_before = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_after = TimeSpan.FromMinutes(8);
    private readonly CustomerMachine _machine = new(shop.Customer);

    public void Run(IReadOnlyDictionary<CustomerId, LoggedHistory> histories)
    {
        if (!shop.IsEventTime && shop.Options.Faults.HasFlag(FaultKinds.ClockJump)) return;
        var upTo = Instant.From(world.Time.GetUtcNow());
        foreach (var history in histories.Values)
        {
            var decided = history.Decisions
                .Where(static entry => entry.Entry?.Rule == Shop.CartRule).Select(static entry => entry.Entry!.Episode).ToHashSet();
            foreach (var effect in Abandonments(history, upTo))
            {
                var episode = string.Create(CultureInfo.InvariantCulture, $"cart:{effect.Number}");
                if (decided.Contains(episode) || !IsQuiet(history, effect.At) || IsOutranked(history, effect.At)) continue;
                world.Break(
                    "decision_missing", $"{history.Customer.Value} abandoned cart {effect.Number} at {effect.At} and nothing was decided");
            }
        }
    }

    private List<Effect> Abandonments(LoggedHistory history, Instant upTo)
    {
        var state = new CustomerState(history.Customer);
        var effects = new EffectBuffer();
        foreach (var (_, item) in history.Events.OrderBy(static entry => entry.Event.OccurredAt.UnixMs))
        {
            _machine.Apply(state, item, effects);
        }

        if (!shop.IsEventTime) _machine.AdvanceTo(state, upTo, effects);
        var found = new List<Effect>();
        foreach (ref readonly var effect in effects.Span)
        {
            if (effect.Kind == EffectKind.CartAbandoned) found.Add(effect);
        }

        return found;
    }

    /// <summary>No event of the customer happened or arrived around the moment.</summary>
    private bool IsQuiet(LoggedHistory history, Instant at)
    {
        foreach (var (offset, item) in history.Events)
        {
            if (IsNear(item.OccurredAt, at)) return false;
            if (!shop.IsEventTime && IsNear(Shop.Start + world.Journal.CommittedAt(offset), at)) return false;
        }

        return true;
    }

    private static bool IsNear(Instant moment, Instant at) => moment > at - s_before && moment < at + s_after;

    /// <summary>A decision that had been put off came due in the same turn and was given instead.</summary>
    private static bool IsOutranked(LoggedHistory history, Instant at) => history.Decisions.Exists(entry =>
        entry is { Entry: { } made, Record: { } record } && made.DecidedAt >= at && made.DecidedAt <= at + s_after
        && record["candidates"]!.AsArray().Any(static candidate =>
            candidate!["rule"]!.GetValue<string>() == Shop.CartRule
            && candidate["result"]!.GetValue<string>() == DecisionRecord.WireName(SuppressionReason.LowerPriority)));
}
