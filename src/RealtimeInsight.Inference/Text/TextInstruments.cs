using System.Diagnostics.Metrics;
using RealtimeInsight.Inference.Pool;

namespace RealtimeInsight.Inference.Text;

/// <summary>Instruments of text classification, in the pool's meter. Tag values come from closed sets.</summary>
public sealed class TextInstruments
{
    private readonly Counter<long> _texts;
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _runDuration;

    public TextInstruments(IMeterFactory meterFactory)
        : this((meterFactory ?? throw new ArgumentNullException(nameof(meterFactory))).Create(InferenceInstruments.MeterName))
    {
    }

    /// <param name="meter">Named <see cref="InferenceInstruments.MeterName"/>; the caller keeps it.</param>
    public TextInstruments(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        _texts = meter.CreateCounter<long>("realtime_insight.inference.texts", "{text}", "Texts to classify, by outcome");
        _batchSize = meter.CreateHistogram<int>("realtime_insight.inference.text_batch_size", "{text}", "Texts in a run");
        _runDuration = meter.CreateHistogram<double>("realtime_insight.inference.text_run_duration", "s", "One run of the text model");
    }

    internal void Settled(ScoreOutcome outcome) => _texts.Add(1, InferenceInstruments.OutcomeTag(outcome));

    internal void Ran(int texts, double seconds)
    {
        _batchSize.Record(texts);
        _runDuration.Record(seconds);
    }
}
