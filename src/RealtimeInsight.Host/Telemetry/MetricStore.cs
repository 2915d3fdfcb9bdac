using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace RealtimeInsight.Host.Telemetry;

/// <summary>
/// Listens to the exported meters and renders their instruments as Prometheus text. Stands in for the OpenTelemetry exporter where that
/// cannot be restored. Thread-safe.
/// </summary>
internal sealed class MetricStore : IDisposable
{
    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly HashSet<string> _meters;
    private readonly IMeterFactory? _scope;
    private readonly MeterListener _listener;
    private readonly Lock _collecting = new();

    /// <param name="meters">Names of the meters to listen to.</param>
    /// <param name="scope">Where given, a meter that another host in this process made is left out.</param>
    public MetricStore(IEnumerable<string> meters, IMeterFactory? scope = null)
    {
        _meters = [.. meters];
        _scope = scope;
        _listener = new MeterListener { InstrumentPublished = Listen };
        _listener.SetMeasurementEventCallback<byte>(static (instrument, value, tags, state) => Take(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<short>(static (instrument, value, tags, state) => Take(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<int>(static (instrument, value, tags, state) => Take(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<long>(static (instrument, value, tags, state) => Take(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<float>(static (instrument, value, tags, state) => Take(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<double>(static (instrument, value, tags, state) => Take(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<decimal>(
            static (instrument, value, tags, state) => Take(instrument, (double)value, tags, state));
        _listener.Start();
    }

    /// <summary>Asks the observable instruments and writes every family, ordered by name.</summary>
    public string Render()
    {
        lock (_collecting) _listener.RecordObservableInstruments();
        var output = new StringBuilder(16 * 1024);
        foreach (var (_, family) in _families.OrderBy(pair => pair.Key, StringComparer.Ordinal)) family.Write(output);
        return output.ToString();
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>True for an instrument whose meter another factory than <paramref name="scope"/> made.</summary>
    public static bool IsForeign(Instrument instrument, IMeterFactory scope) =>
        instrument.Meter.Scope is { } other && !ReferenceEquals(other, scope);

    /// <summary>Bounds of a histogram of seconds that advises none; null for every other instrument.</summary>
    public static double[]? SecondsOf(Instrument instrument) =>
        TypeOf(instrument) == MetricType.Histogram && instrument.Unit == "s" && AdvisedBy(instrument) is null
            ? [.. MetricFamily.SecondsBounds] : null;

    /// <summary>True for what is reported as a share of a whole.</summary>
    public static bool IsRatio(Instrument instrument) => TypeOf(instrument) == MetricType.Gauge && instrument.Unit == "1";

    private void Listen(Instrument instrument, MeterListener listener)
    {
        if (!_meters.Contains(instrument.Meter.Name)) return;
        if (_scope is not null && IsForeign(instrument, _scope)) return;
        var type = TypeOf(instrument);
        var name = PrometheusText.NameOf(instrument.Name, instrument.Unit, type);
        var family = _families.GetOrAdd(
            name,
            static (key, made) => new MetricFamily(key, made.instrument.Description, made.type, BoundsOf(made.instrument)),
            (instrument, type));
        if (family.Type == type) listener.EnableMeasurementEvents(instrument, family);
    }

    private static void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (state is not MetricFamily family) return;
        if (instrument.IsObservable || IsGauge(instrument)) family.Set(tags, value);
        else family.Record(tags, value);
    }

    private static MetricType TypeOf(Instrument instrument)
    {
        var kind = KindOf(instrument);
        if (kind == typeof(Histogram<>)) return MetricType.Histogram;
        return kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? MetricType.Counter : MetricType.Gauge;
    }

    private static bool IsGauge(Instrument instrument) => KindOf(instrument) == typeof(Gauge<>);

    private static Type? KindOf(Instrument instrument) =>
        instrument.GetType() is { IsGenericType: true } type ? type.GetGenericTypeDefinition() : null;

    private static IReadOnlyList<double> BoundsOf(Instrument instrument) =>
        AdvisedBy(instrument) ?? SecondsOf(instrument) ?? MetricFamily.PlainBounds;

    private static IReadOnlyList<double>? AdvisedBy(Instrument instrument) => instrument switch
    {
        Histogram<double> histogram => histogram.Advice?.HistogramBucketBoundaries,
        Histogram<float> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound).ToList(),
        Histogram<long> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound).ToList(),
        Histogram<int> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound).ToList(),
        _ => null,
    };
}
