using System.Diagnostics.Metrics;

namespace RealtimeInsight.Orleans;

/// <summary>What the grains of a silo count, beside what Orleans does. Tag values come from closed sets.</summary>
internal sealed class GrainInstruments
{
    public const string MeterName = "RealtimeInsight.Orleans";

    private readonly Counter<long> _farScores;
    private readonly Counter<long> _farFailures;
    private readonly Histogram<int> _farRows;
    private readonly Histogram<double> _farDuration;

    public GrainInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _farScores = meter.CreateCounter<long>(
            "realtime_insight.cluster.far_scores", "{score}", "Rows for the pool of another silo, by what became of them.");
        _farFailures = meter.CreateCounter<long>(
            "realtime_insight.cluster.far_failures", "{call}", "Calls to the pool of another silo that failed, by reason.");
        _farRows = meter.CreateHistogram<int>("realtime_insight.cluster.far_rows", "{row}", "Rows in a call to the pool of another silo.");
        _farDuration = meter.CreateHistogram<double>(
            "realtime_insight.cluster.far_duration", "s", "A call to the pool of another silo, there and back.");
    }

    public void FarScored(string outcome, int rows) => _farScores.Add(rows, new KeyValuePair<string, object?>("outcome", outcome));

    public void FarFailed(string reason) => _farFailures.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void FarCall(int rows, TimeSpan duration)
    {
        _farRows.Record(rows);
        _farDuration.Record(duration.TotalSeconds);
    }
}
