using System.Diagnostics.Metrics;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Inference.Pool;

/// <summary>The pool's instruments. Tag values come from closed sets.</summary>
public sealed class InferenceInstruments
{
    public const string MeterName = "RealtimeInsight.Inference";

    private static readonly string[] s_outcomes = ["scored", "rejected", "timed_out", "cancelled", "failed", "no_model", "other_language"];
    private static readonly string[] s_failures = ["exception", "output_not_finite", "input_invalid"];
    private static readonly string[] s_refusals =
    [
        "missing", "manifest", "contract_version", "feature_schema", "digest", "graph", "warm_up", "accelerator", "slow", "vocabulary",
    ];

    private static readonly string[] s_priorities = ["high", "normal", "low"];
    private static readonly KeyValuePair<string, object?> s_step = new("run", "step");
    private static readonly KeyValuePair<string, object?> s_fold = new("run", "fold");

    private readonly Meter _meter;
    private readonly Counter<long> _scores;
    private readonly Counter<long> _folds;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _refusals;
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _queueDelay;
    private readonly Histogram<double> _runDuration;

    public InferenceInstruments(IMeterFactory meterFactory)
        : this((meterFactory ?? throw new ArgumentNullException(nameof(meterFactory))).Create(MeterName))
    {
    }

    /// <param name="meter">Named <see cref="MeterName"/>; the caller keeps it.</param>
    public InferenceInstruments(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        _meter = meter;
        _scores = meter.CreateCounter<long>("realtime_insight.inference.scores", "{score}", "Rows to score, by outcome");
        _folds = meter.CreateCounter<long>("realtime_insight.inference.folds", "{fold}", "Sequences to fold, by outcome");
        _failures = meter.CreateCounter<long>("realtime_insight.inference.failures", "{failure}", "Failed runs, by reason");
        _refusals = meter.CreateCounter<long>("realtime_insight.inference.model_refusals", "{refusal}", "Refused model versions");
        _batchSize = meter.CreateHistogram<int>("realtime_insight.inference.batch_size", "{row}", "Rows in a run, without padding");
        _queueDelay = meter.CreateHistogram<double>("realtime_insight.inference.queue_delay", "s", "Wait of a request for its batch");
        _runDuration = meter.CreateHistogram<double>("realtime_insight.inference.run_duration", "s", "One run, calibration included");
    }

    internal void Settled(ScoreOutcome outcome, int rows) => _scores.Add(rows, OutcomeTag(outcome));

    internal void Folded(ScoreOutcome outcome) => _folds.Add(1, OutcomeTag(outcome));

    internal void RunFailed(RunFailure reason) => _failures.Add(1, new KeyValuePair<string, object?>("reason", s_failures[(int)reason]));

    internal void Refused(ModelRefusal reason) =>
        _refusals.Add(1, new KeyValuePair<string, object?>("reason", s_refusals[(int)reason]));

    internal void Stepped(int rows, double seconds)
    {
        _batchSize.Record(rows);
        _runDuration.Record(seconds, s_step);
    }

    internal void FoldRun(double seconds) => _runDuration.Record(seconds, s_fold);

    internal void Queued(double seconds) => _queueDelay.Record(seconds);

    internal void Observe(Func<bool> isModelUsable, Func<ServingModels?> serving, Func<ScorePriority, int> queueLength)
    {
        _meter.CreateObservableGauge("realtime_insight.inference.model_loaded", () => isModelUsable() ? 1 : 0, "{model}",
            "1 while a model serves, 0 while scores are degraded");
        _meter.CreateObservableGauge("realtime_insight.inference.customer_share", () => Shares(serving()), "1",
            "Part of the customers that a version is for, by role");
        _meter.CreateObservableGauge("realtime_insight.inference.queue_length", () => QueueLengths(queueLength), "{request}",
            "Requests waiting for a micro-batch, by priority");
    }

    private static IEnumerable<Measurement<double>> Shares(ServingModels? serving)
    {
        if (serving is null) yield break;
        yield return Share(1 - (serving.Challenger?.Share.Fraction ?? 0), "champion", serving.Champion);
        if (serving.Challenger is { } challenger) yield return Share(challenger.Share.Fraction, "challenger", challenger.Model);
        if (serving.Shadow is { } shadow) yield return Share(shadow.Share.Fraction, "shadow", shadow.Model);

        static Measurement<double> Share(double value, string role, ModelIdentity model) => new(
            value, new KeyValuePair<string, object?>("role", role), new KeyValuePair<string, object?>("version", model.Version));
    }

    private static IEnumerable<Measurement<int>> QueueLengths(Func<ScorePriority, int> queueLength)
    {
        for (var priority = 0; priority < s_priorities.Length; priority++)
        {
            yield return new Measurement<int>(queueLength((ScorePriority)priority),
                new KeyValuePair<string, object?>("priority", s_priorities[priority]));
        }
    }

    internal static KeyValuePair<string, object?> OutcomeTag(ScoreOutcome outcome) => new("outcome", s_outcomes[(int)outcome]);
}

/// <summary>Why a run failed.</summary>
internal enum RunFailure : byte
{
    Exception,
    OutputNotFinite,

    /// <summary>The rows were outside the contract: the caller's fault, not the model's.</summary>
    InputInvalid,
}
