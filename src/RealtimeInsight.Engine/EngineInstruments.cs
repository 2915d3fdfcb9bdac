using System.Diagnostics.Metrics;
using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Learning;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Retention;
using RealtimeInsight.Engine.Shards;
using RealtimeInsight.Engine.Watching;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Engine;

/// <summary>
/// The engine's instruments. Tag values come from closed sets: outcomes, event kinds, states, reasons, the policy's rules.
/// </summary>
public sealed class EngineInstruments
{
    public const string MeterName = "RealtimeInsight.Engine";

    private static readonly string[] s_outcomes = ["accepted", "duplicate", "late", "unreadable"];
    private static readonly string[] s_deliveries = ["delivered", "retry", "failed", "gone"];
    private static readonly InstrumentAdvice<double> s_staleness = new() { HistogramBucketBoundaries = [0, 1, 60, 600, 3600, 86_400] };
    private readonly Meter _meter;
    private readonly Histogram<double> _acknowledge;
    private readonly Histogram<double> _commit;
    private readonly Histogram<int> _groupSize;
    private readonly Histogram<double> _lateness;
    private readonly Counter<long> _commitFailures;
    private readonly Counter<long> _decisions;
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _attemptDuration;
    private readonly Histogram<double> _staleness;

    public EngineInstruments(IMeterFactory meterFactory)
        : this((meterFactory ?? throw new ArgumentNullException(nameof(meterFactory))).Create(MeterName))
    {
    }

    /// <param name="meter">Named <see cref="MeterName"/>; the caller keeps it.</param>
    public EngineInstruments(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        _meter = meter;
        _acknowledge = meter.CreateHistogram<double>(
            "realtime_insight.engine.acknowledge_duration", "s",
            "From a batch's arrival until it is applied, scored, decided and committed");
        _commit = meter.CreateHistogram<double>("realtime_insight.engine.commit_duration", "s", "One transaction of the store");
        _groupSize = meter.CreateHistogram<int>("realtime_insight.engine.commit_group_size", "{turn}", "Turns in one transaction");
        _lateness = meter.CreateHistogram<double>(
            "realtime_insight.engine.deadline_lateness", "s", "From a deadline's due time until it fired");
        _commitFailures = meter.CreateCounter<long>(
            "realtime_insight.engine.commit_failures", "{failure}", "Commits that failed and are tried again");
        _decisions = meter.CreateCounter<long>("realtime_insight.engine.decisions", "{decision}", "Decisions by rule, result and reason");
        _attempts = meter.CreateCounter<long>(
            "realtime_insight.engine.delivery_attempts", "{attempt}", "Delivery attempts of actions by endpoint and result");
        _attemptDuration = meter.CreateHistogram<double>(
            "realtime_insight.engine.delivery_duration", "s", "From sending to the answer, by endpoint");
        _staleness = meter.CreateHistogram(
            "realtime_insight.engine.score_staleness", "s",
            "How much older than the customer's newest event the scores were that a decision was made on", advice: s_staleness);
    }

    internal void Acknowledged(TimeSpan elapsed) => _acknowledge.Record(elapsed.TotalSeconds);

    internal void Committed(TimeSpan elapsed, int units)
    {
        _commit.Record(elapsed.TotalSeconds);
        _groupSize.Record(units);
    }

    internal void CommitFailed() => _commitFailures.Add(1);

    internal void DeadlineFired(TimeSpan lateness) => _lateness.Record(Math.Max(0d, lateness.TotalSeconds));

    internal void Decided(string rule, DecisionStatus status, SuppressionReason reason) => _decisions.Add(
        1,
        new KeyValuePair<string, object?>("rule", rule),
        new KeyValuePair<string, object?>("result", DecisionRecord.WireName(status)),
        new KeyValuePair<string, object?>("reason", DecisionRecord.WireName(reason)));

    internal void Attempted(string endpoint, Outbox.DeliveryStatus status, TimeSpan elapsed)
    {
        var tag = new KeyValuePair<string, object?>("endpoint", endpoint);
        _attempts.Add(1, tag, new KeyValuePair<string, object?>("result", s_deliveries[(int)status]));
        _attemptDuration.Record(elapsed.TotalSeconds, tag);
    }

    /// <summary>A decision was made on scores that are this much older than the customer's newest event.</summary>
    internal void ScoresUsed(TimeSpan staleness) => _staleness.Record(Math.Max(0d, staleness.TotalSeconds));

    /// <summary>Registers what is read of delivery when somebody collects.</summary>
    internal void ObserveDelivery(Func<long> pending, Func<long> dead, Func<IReadOnlyList<EndpointStatus>> endpoints)
    {
        _meter.CreateObservableGauge("realtime_insight.engine.outbox_pending", pending, "{action}", "Actions waiting for delivery");
        _meter.CreateObservableGauge(
            "realtime_insight.engine.dead_letters", dead, "{action}", "Actions that were given up and not redriven");
        _meter.CreateObservableGauge(
            "realtime_insight.engine.endpoint_disabled", () => Closed(endpoints(), "disabled"), "{endpoint}",
            "1 while nothing is sent to the endpoint until it is enabled again");
        _meter.CreateObservableGauge(
            "realtime_insight.engine.endpoint_paused", () => Closed(endpoints(), "paused"), "{endpoint}",
            "1 while the endpoint is left alone after failures or at its wish");
    }

    /// <summary>Registers what is read of what was let go when somebody collects.</summary>
    internal void ObserveRetention(RetentionCounters counters)
    {
        _meter.CreateObservableCounter(
            "realtime_insight.engine.log_records_trimmed", () => counters.Now.Records, "{record}",
            "Log records that were too old to be kept");
        _meter.CreateObservableCounter(
            "realtime_insight.engine.decisions_trimmed", () => counters.Now.Decisions, "{decision}",
            "Decisions that were too old to be kept");
        _meter.CreateObservableCounter(
            "realtime_insight.engine.actions_trimmed", () => counters.Now.Actions, "{action}",
            "Delivered or given up actions that were too old to be kept");
    }

    /// <summary>Registers what is read of the models' live quality when somebody collects.</summary>
    internal void ObserveModels(Func<ModelWatch> read, TimeProvider time) => WatchInstruments.Observe(_meter, read, time);

    /// <summary>Registers what is read of what the engine learns when somebody collects.</summary>
    internal void ObserveLearning(EngineLearning learning) => LearningInstruments.Observe(_meter, learning);

    /// <summary>Registers what is read of the comparison with the log when somebody collects.</summary>
    internal void ObserveAudit(Func<long> compared, Func<long> mismatches)
    {
        _meter.CreateObservableCounter(
            "realtime_insight.engine.features_compared", compared, "{decision}",
            "Decisions whose features were computed again from the log");
        _meter.CreateObservableCounter(
            "realtime_insight.engine.feature_replay_mismatches", mismatches, "{decision}",
            "Decisions whose features differ from those that the log gives");
    }

    /// <summary>Registers what is read when somebody collects.</summary>
    internal void Observe(IReadOnlyList<ShardCounters> shards, Func<long> noticesDropped)
    {
        _meter.CreateObservableCounter(
            "realtime_insight.engine.events", () => Events(shards), "{event}", "Events by outcome and kind");
        _meter.CreateObservableCounter(
            "realtime_insight.engine.events_clamped", () => shards.Sum(shard => shard.EventsClamped), "{event}",
            "Out-of-order events of histories too long to fold again, taken in at their end");
        _meter.CreateObservableCounter(
            "realtime_insight.engine.effects_stale", () => shards.Sum(shard => shard.EffectsStale), "{effect}",
            "Changes of sessions and carts too old to be decided about");
        _meter.CreateObservableCounter(
            "realtime_insight.engine.refolds", () => shards.Sum(shard => shard.Refolds), "{refold}",
            "Histories folded again for an out-of-order event");
        _meter.CreateObservableCounter(
            "realtime_insight.engine.scores", () => shards.Sum(shard => shard.Scores), "{score}", "Scores made");
        _meter.CreateObservableCounter(
            "realtime_insight.engine.scores_degraded", () => shards.Sum(shard => shard.ScoresDegraded), "{score}",
            "Events that the model could not score");
        _meter.CreateObservableCounter(
            "realtime_insight.engine.scores_challenger", () => shards.Sum(shard => shard.ScoresChallenger), "{score}",
            "Scores made by the challenger in the champion's place");
        _meter.CreateObservableCounter(
            "realtime_insight.engine.scores_shadow", () => shards.Sum(shard => shard.ScoresShadow), "{score}",
            "Scores that a shadow model made beside those that served");
        _meter.CreateObservableCounter(
            "realtime_insight.engine.sessions", () => shards.Sum(shard => shard.SessionsStarted), "{session}", "Sessions started");
        _meter.CreateObservableCounter(
            "realtime_insight.engine.deadlines_fired", () => shards.Sum(shard => shard.DeadlinesFired), "{deadline}",
            "Deadlines that fired");
        _meter.CreateObservableCounter(
            "realtime_insight.engine.merges", () => shards.Sum(shard => shard.Merges), "{merge}",
            "Histories that became part of another customer's");
        _meter.CreateObservableCounter(
            "realtime_insight.engine.merges_beyond_limit", () => shards.Sum(shard => shard.MergesBeyondLimit), "{merge}",
            "Merges of histories too long to be folded as one: their states were joined");
        _meter.CreateObservableCounter(
            "realtime_insight.engine.unmerges", () => shards.Sum(shard => shard.Unmerges), "{unmerge}",
            "Histories that were taken out of a customer's again");
        _meter.CreateObservableCounter(
            "realtime_insight.engine.notices_dropped", noticesDropped, "{notice}", "Notices that slow readers lost");
        _meter.CreateObservableGauge(
            "realtime_insight.engine.deadlines_armed", () => shards.Sum(shard => shard.DeadlinesArmed), "{deadline}",
            "Deadlines on the wheels");
        _meter.CreateObservableCounter(
            "realtime_insight.engine.customers_rebuilt", () => shards.Sum(shard => shard.Rebuilt), "{customer}",
            "Customers whose saved state was damaged and was made anew from the log");
        _meter.CreateObservableGauge(
            "realtime_insight.engine.customers_lost", () => shards.Sum(shard => shard.Lost), "{customer}",
            "Customers that neither their saved state nor the log can give: their events are kept aside");
        _meter.CreateObservableCounter(
            "realtime_insight.engine.histories_unreadable", () => shards.Sum(shard => shard.HistoriesUnreadable), "{event}",
            "Late events that were put at the end of a history that cannot be read");
        _meter.CreateObservableGauge(
            "realtime_insight.engine.customers", () => shards.Sum(shard => shard.Customers), "{customer}", "Customers known");
        _meter.CreateObservableGauge(
            "realtime_insight.engine.customers_resident", () => shards.Sum(shard => shard.Resident), "{customer}", "Customers in memory");
        _meter.CreateObservableGauge(
            "realtime_insight.engine.resident_size", () => shards.Sum(shard => shard.ResidentBytes), "By",
            "About what the customers in memory take");
        _meter.CreateObservableCounter(
            "realtime_insight.engine.customer_loads", () => shards.Sum(shard => shard.Loads), "{customer}",
            "Customers read back into memory");
        _meter.CreateObservableCounter(
            "realtime_insight.engine.customer_evictions", () => shards.Sum(shard => shard.Evictions), "{customer}",
            "Saved customers that left memory");
        _meter.CreateObservableGauge(
            "realtime_insight.engine.sessions_open", () => shards.Sum(shard => shard.SessionsOpen), "{session}", "Sessions open now");
        _meter.CreateObservableGauge("realtime_insight.engine.carts", () => Carts(shards), "{cart}", "Carts by state");
    }

    private static IEnumerable<Measurement<long>> Closed(IReadOnlyList<EndpointStatus> endpoints, string state) =>
        endpoints.Select(one => new Measurement<long>(
            one.State == state ? 1 : 0, new KeyValuePair<string, object?>("endpoint", one.Name)));

    private static IEnumerable<Measurement<long>> Events(IReadOnlyList<ShardCounters> shards)
    {
        for (var outcome = EventOutcome.Accepted; outcome <= EventOutcome.Unreadable; outcome++)
        {
            for (var kind = 0; kind < EventKinds.Count; kind++)
            {
                var count = shards.Sum(shard => shard.Events(outcome, (EventKind)kind));
                if (count == 0) continue;
                yield return new Measurement<long>(
                    count,
                    new KeyValuePair<string, object?>("outcome", s_outcomes[(int)outcome]),
                    new KeyValuePair<string, object?>("kind", EventKinds.WireName((EventKind)kind)));
            }
        }
    }

    private static IEnumerable<Measurement<long>> Carts(IReadOnlyList<ShardCounters> shards)
    {
        for (var state = CartState.Open; state <= CartState.Emptied; state++)
        {
            yield return new Measurement<long>(
                shards.Sum(shard => shard.Carts(state)), new KeyValuePair<string, object?>("state", CartStates.WireName(state)));
        }
    }
}
