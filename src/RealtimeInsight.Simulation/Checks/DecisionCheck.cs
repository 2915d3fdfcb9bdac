using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Simulation.Plan;
using RealtimeInsight.Simulation.World;

namespace RealtimeInsight.Simulation.Checks;

/// <summary>The policy's promises, checked on the log's records by other code than the one that decides.</summary>
internal sealed class DecisionCheck(SimulatedWorld world, Shop shop)
{
    private readonly Policy _policy = shop.Policy;

    /// <summary>Actions decided, by decision id.</summary>
    public HashSet<string> Decided { get; } = new(StringComparer.Ordinal);

    public void Run(IReadOnlyDictionary<CustomerId, LoggedHistory> histories)
    {
        foreach (var history in histories.Values)
        {
            var given = new List<LedgerEntry>();
            var states = new Dictionary<string, DecisionStatus>(StringComparer.Ordinal);
            foreach (var (offset, entry, _, _) in history.Decisions)
            {
                if (entry is null) continue;
                CheckStatus(states, entry);
                if (entry.Status != DecisionStatus.Decided) continue;
                Decided.Add(entry.DecisionId);
                CheckTreatment(history, offset, entry, given);
                given.Add(entry);
            }
        }

        var outbox = world.Journal.Outbox;
        foreach (var decision in Decided.Where(decision => !outbox.ContainsKey(decision)))
        {
            world.Break("action_queued", $"{decision} was decided and has no outbox entry");
        }

        foreach (var decision in outbox.Keys.Where(decision => !Decided.Contains(decision)))
        {
            world.Break("action_decided", $"{decision} has an outbox entry and no decision");
        }
    }

    private void CheckStatus(Dictionary<string, DecisionStatus> states, LedgerEntry entry)
    {
        var isFirst = !states.TryGetValue(entry.DecisionId, out var before);
        if (!isFirst && before != DecisionStatus.Deferred)
        {
            world.Break("decision_once", $"{entry.DecisionId} ({entry.Rule} {entry.Episode}) was {before} and is decided about again");
        }

        states[entry.DecisionId] = entry.Status;
    }

    private void CheckTreatment(LoggedHistory history, long offset, LedgerEntry entry, List<LedgerEntry> given)
    {
        var at = entry.DecidedAt;
        var name = $"{entry.DecisionId} ({entry.Rule} for {history.Customer.Value} at {at})";
        var inWindow = given.Count(other => other.DecidedAt > at - _policy.CapWindow);
        if (inWindow >= _policy.CapMax) world.Break("frequency_cap", $"{name} is number {inWindow + 1}, {_policy.CapMax} are allowed");
        if (given.Exists(other => other.DecidedAt > at - _policy.CoolDown)) world.Break("cool_down", $"{name} comes too soon");
        if (DecisionMaker.HoldOutDraw(history.Customer, _policy.HoldOutSalt) < _policy.HoldOutFraction)
        {
            world.Break("hold_out", $"{name} is for a customer who is held out");
        }

        if (_policy.QuietHours is { } quiet && IsQuiet(quiet, at)) world.Break("quiet_hours", $"{name} falls into the quiet hours");
        var rule = _policy.Rules.Single(candidate => candidate.Id == entry.Rule);
        if (rule.Consent is { } purpose && !HasConsent(history, offset, purpose)) world.Break("consent", $"{name} has no consent");
    }

    private static bool IsQuiet(QuietHours quiet, Instant at)
    {
        var time = TimeOnly.FromTimeSpan(at.ToDateTimeOffset().TimeOfDay);
        return quiet.From < quiet.To ? time >= quiet.From && time < quiet.To : time >= quiet.From || time < quiet.To;
    }

    /// <summary>By the newest consent event, in order of event time, of those that were logged before the decision.</summary>
    private bool HasConsent(LoggedHistory history, long offset, string purpose)
    {
        var newest = history.Events
            .Where(entry => entry.Offset < offset && entry.Event.Kind == EventKind.ConsentChanged)
            .OrderBy(static entry => entry.Event.OccurredAt.UnixMs)
            .Select(static entry => entry.Event)
            .LastOrDefault();
        return newest?.Consents is { } consents && consents.TryGetValue(purpose, out var isGranted)
            ? isGranted
            : !_policy.ConsentIsRequired;
    }
}
