using System.Diagnostics.Metrics;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Engine.Watching;

/// <summary>
/// Live quality and drift as instruments. Tag values come from closed sets: versions that scored (at most
/// <see cref="ModelMonitor.VersionsMax"/>), heads, features, fields. Figures are made once a second at most.
/// </summary>
public sealed class WatchInstruments
{
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(1);
    private readonly Func<ModelWatch> _read;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private ModelWatch? _watch;
    private long _readAt;

    private WatchInstruments(Func<ModelWatch> read, TimeProvider time)
    {
        _read = read;
        _time = time;
    }

    /// <param name="meter">Named <see cref="EngineInstruments.MeterName"/>; the caller keeps it.</param>
    /// <param name="read">Thread-safe.</param>
    public static void Observe(Meter meter, Func<ModelWatch> read, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(meter);
        var from = new WatchInstruments(read, time);
        meter.CreateObservableGauge(
            "realtime_insight.model.live_auc", () => from.Heads(static head => head.Live?.Auc), "{auc}",
            "Area under the ROC curve by the customers' outcomes, of the last one to two outcome windows");
        meter.CreateObservableGauge(
            "realtime_insight.model.live_brier", () => from.Heads(static head => head.Live?.Brier), "{brier}",
            "Brier score by the customers' outcomes");
        meter.CreateObservableGauge(
            "realtime_insight.model.live_log_loss", () => from.Heads(static head => head.Live?.LogLoss), "{nat}",
            "Log loss by the customers' outcomes");
        meter.CreateObservableGauge(
            "realtime_insight.model.live_calibration_error", () => from.Heads(static head => head.Live?.CalibrationError), "{probability}",
            "Mean distance of probability and rate over ten groups of scores");
        meter.CreateObservableGauge(
            "realtime_insight.model.live_scores", () => from.Heads(static head => head.Live?.N), "{score}",
            "Scores with a known outcome in the outcome window");
        meter.CreateObservableGauge(
            "realtime_insight.model.trained_auc", () => from.Heads(static head => head.Trained?.Auc), "{auc}",
            "Area under the ROC curve on the split held out in training");
        meter.CreateObservableGauge(
            "realtime_insight.model.trained_log_loss", () => from.Heads(static head => head.Trained?.LogLoss), "{nat}",
            "Log loss on the split held out in training");
        meter.CreateObservableCounter(
            "realtime_insight.model.outcomes", () => from.Heads(static head => head.Outcomes), "{score}",
            "Scores whose outcome became known");
        meter.CreateObservableGauge(
            "realtime_insight.model.scores_waiting", () => from.Waiting(static head => head.Open), "{score}",
            "Scores that wait for their outcome");
        meter.CreateObservableGauge(
            "realtime_insight.model.scores_followed", () => from.Waiting(static head => head.Share), "1",
            "Part of the scored moments that is followed to its outcome");
        meter.CreateObservableGauge(
            "realtime_insight.model.input_drift", () => from.Inputs(static input => input.Psi), "{psi}",
            "Population stability index of an input against the training data");
        meter.CreateObservableGauge(
            "realtime_insight.model.input_out_of_range", () => from.Inputs(static input => input.OutOfRange), "1",
            "Part of an input's values outside of those in the training data");
        meter.CreateObservableGauge(
            "realtime_insight.model.score_drift", () => from.Scores(), "{psi}",
            "Population stability index of a head's probabilities against the training data");
        meter.CreateObservableGauge(
            "realtime_insight.model.drift_samples", () => from.Samples(), "{event}", "Events that were compared with the training data");
        meter.CreateObservableGauge(
            "realtime_insight.model.missing", () => from.Missing(static one => one.Rate), "1",
            "Part of the events that should have carried a field and did not");
        meter.CreateObservableGauge(
            "realtime_insight.model.missing_trained", () => from.Missing(static one => one.Trained), "1",
            "The same in the training data");
    }

    private IEnumerable<Measurement<double>> Heads(Func<HeadWatch, double?> value) =>
        from version in Read().Versions
        from head in version.Heads
        let one = value(head)
        where one is not null
        select new Measurement<double>(one.Value, Tag("model", version.Model), Tag("head", head.Head));

    private IEnumerable<Measurement<double>> Waiting(Func<WaitingScores, double> value) =>
        Read().Waiting.Select(head => new Measurement<double>(value(head), Tag("head", head.Head)));

    private IEnumerable<Measurement<double>> Inputs(Func<InputDrift, double?> value) => Drifts(
        (version, drift) => drift.Inputs.Where(one => value(one) is not null).Select(
            one => new Measurement<double>(value(one)!.Value, Tag("model", version.Model), Tag("input", one.Name))));

    private IEnumerable<Measurement<double>> Scores() => Drifts(
        static (version, drift) => drift.Scores.Where(static one => one.Psi is not null).Select(
            one => new Measurement<double>(one.Psi!.Value, Tag("model", version.Model), Tag("head", one.Name))));

    private IEnumerable<Measurement<double>> Samples() => Drifts(
        static (version, drift) => [new Measurement<double>(drift.Samples, Tag("model", version.Model))]);

    private IEnumerable<Measurement<double>> Missing(Func<MissingRate, double?> value) => Drifts(
        (version, drift) => drift.Missing.Where(one => value(one) is not null).Select(
            one => new Measurement<double>(value(one)!.Value, Tag("model", version.Model), Tag("field", one.Field))));

    private IEnumerable<Measurement<double>> Drifts(Func<VersionWatch, DriftWatch, IEnumerable<Measurement<double>>> values) =>
        Read().Versions.Where(static version => version.Drift is not null).SelectMany(version => values(version, version.Drift!));

    private ModelWatch Read()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            if (_watch is not null && _time.GetElapsedTime(_readAt, now) < s_fresh) return _watch;
            (_watch, _readAt) = (_read(), now);
            return _watch;
        }
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
