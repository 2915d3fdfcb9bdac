using System.Diagnostics.Metrics;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Inference.Text;

namespace RealtimeInsight.Inference.Tests.Fakes;

/// <summary>Adds up what one meter's instruments record, by instrument and tag value.</summary>
public sealed class InstrumentReader : IDisposable
{
    private readonly Meter _meter = new(InferenceInstruments.MeterName);
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, double> _sums = [];
    private readonly List<Instrument> _published = [];

    public InstrumentReader()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, _meter))
            {
                _published.Add(instrument);
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
        Instruments = new InferenceInstruments(_meter);
        TextInstruments = new TextInstruments(_meter);
    }

    public InferenceInstruments Instruments { get; }

    public TextInstruments TextInstruments { get; }

    public IReadOnlyList<Instrument> Published => _published;

    /// <summary>Sum of a counter or histogram so far, or the last value of a gauge.</summary>
    public double Sum(string instrument, string? tag = null)
    {
        _listener.RecordObservableInstruments();
        lock (_gate)
        {
            return _sums.GetValueOrDefault($"realtime_insight.inference.{instrument}/{tag}");
        }
    }

    /// <summary>Settled rows by outcome.</summary>
    public long Scores(params string[] outcomes) => outcomes.Sum(outcome => (long)Sum("scores", outcome));

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = $"{instrument.Name}/{(tags.Length > 0 ? tags[0].Value : null)}";
        lock (_gate)
        {
            _sums[key] = instrument.IsObservable ? value : _sums.GetValueOrDefault(key) + value;
        }
    }
}
