using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace RealtimeInsight.Host.Telemetry;

/// <summary>
/// All series under one metric name. The number of series is bounded: further tag values share one series that is marked as overflow,
/// so that a mistake in tagging costs detail, not memory. Thread-safe.
/// </summary>
internal sealed class MetricFamily(string name, string? description, MetricType type, IReadOnlyList<double> bounds)
{
    public const int SeriesMax = 1_000;
    public const string OverflowLabels = "otel_metric_overflow=\"true\"";

    /// <summary>Bounds in seconds of the OpenTelemetry HTTP convention, for instruments that advise none.</summary>
    public static readonly IReadOnlyList<double> SecondsBounds =
        [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    public static readonly IReadOnlyList<double> PlainBounds =
        [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);

    public string Name { get; } = name;

    public MetricType Type { get; } = type;

    /// <summary>Adds to a counter or up-down counter, or counts one value of a histogram.</summary>
    public void Record(ReadOnlySpan<KeyValuePair<string, object?>> tags, double value)
    {
        var series = SeriesOf(tags);
        lock (series)
        {
            if (Type == MetricType.Histogram)
            {
                series.Counts![BucketOf(value)]++;
            }

            series.Value += value;
        }
    }

    /// <summary>Sets what an observable instrument or a gauge reports.</summary>
    public void Set(ReadOnlySpan<KeyValuePair<string, object?>> tags, double value)
    {
        var series = SeriesOf(tags);
        lock (series) series.Value = value;
    }

    public void Write(StringBuilder output)
    {
        if (_series.IsEmpty) return;
        PrometheusText.WriteHeader(output, Name, description, Type);
        foreach (var (labels, series) in _series.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            lock (series)
            {
                if (Type == MetricType.Histogram) PrometheusText.WriteHistogram(output, Name, labels, bounds, series.Counts, series.Value);
                else PrometheusText.WriteSample(output, Name, labels, series.Value);
            }
        }
    }

    private int BucketOf(double value)
    {
        for (var i = 0; i < bounds.Count; i++)
        {
            if (value <= bounds[i]) return i;
        }

        return bounds.Count;
    }

    private Series SeriesOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = PrometheusText.Labels(tags);
        if (_series.TryGetValue(labels, out var known)) return known;
        if (_series.Count >= SeriesMax) labels = OverflowLabels;
        return _series.GetOrAdd(labels, static (_, size) => new Series(size), Type == MetricType.Histogram ? bounds.Count + 1 : 0);
    }

    private sealed class Series(int buckets)
    {
        /// <summary>The value; of a histogram the sum.</summary>
        public double Value { get; set; }

        public long[]? Counts { get; } = buckets > 0 ? new long[buckets] : null;
    }
}
