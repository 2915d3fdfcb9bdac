using System.Diagnostics.Metrics;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Orleans.Contracts.Events;

namespace RealtimeInsight.Orleans;

/// <summary>What the grains of a silo count, beside what Orleans does. Tag values come from closed sets.</summary>
internal sealed class GrainInstruments
{
    public const string MeterName = "RealtimeInsight.Orleans";

    private readonly Counter<long> _events;
    private readonly Histogram<double> _saves;
    private readonly Counter<long> _saveFailures;
    private readonly Histogram<double> _lateness;
    private readonly Counter<long> _deliveries;
    private readonly Counter<long> _deadUnlisted;
    private readonly Counter<long> _noticesDropped;
    private readonly Counter<long> _rejectsDropped;
    private readonly Counter<long> _farScores;
    private readonly Counter<long> _farFailures;
    private readonly Histogram<int> _farRows;
    private readonly Histogram<double> _farDuration;

    public GrainInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _events = meter.CreateCounter<long>(
            "realtime_insight.cluster.events", "{event}", "Events that reached their customer, by outcome.");
        _saves = meter.CreateHistogram<double>("realtime_insight.cluster.save_duration", "s", "One write of a customer.");
        _saveFailures = meter.CreateCounter<long>(
            "realtime_insight.cluster.save_failures", "{save}", "Writes behind the calls that failed and are tried again.");
        _lateness = meter.CreateHistogram<double>(
            "realtime_insight.cluster.deadline_lateness", "s", "From a deadline to its firing, where it was due.");
        _deliveries = meter.CreateCounter<long>("realtime_insight.cluster.deliveries", "{attempt}", "Attempts to deliver, by result.");
        _deadUnlisted = meter.CreateCounter<long>(
            "realtime_insight.cluster.dead_letters_unlisted", "{letter}", "Dead letters that the list has no room for any more.");
        _noticesDropped = meter.CreateCounter<long>(
            "realtime_insight.cluster.notices_dropped", "{notice}", "Live notices that a silo lost: too many within a second.");
        _rejectsDropped = meter.CreateCounter<long>(
            "realtime_insight.cluster.rejects_dropped", "{reject}", "Kept rejects that went because there was no room for newer ones.");
        _farScores = meter.CreateCounter<long>(
            "realtime_insight.cluster.far_scores", "{score}", "Rows for the pool of another silo, by what became of them.");
        _farFailures = meter.CreateCounter<long>(
            "realtime_insight.cluster.far_failures", "{call}", "Calls to the pool of another silo that failed, by reason.");
        _farRows = meter.CreateHistogram<int>("realtime_insight.cluster.far_rows", "{row}", "Rows in a call to the pool of another silo.");
        _farDuration = meter.CreateHistogram<double>(
            "realtime_insight.cluster.far_duration", "s", "A call to the pool of another silo, there and back.");
    }

    public void Observed(EventOutcome outcome) => _events.Add(1, new KeyValuePair<string, object?>("outcome", outcome switch
    {
        EventOutcome.Accepted => "accepted",
        EventOutcome.Duplicate => "duplicate",
        _ => "late",
    }));

    public void Saved(TimeSpan duration) => _saves.Record(duration.TotalSeconds);

    public void SaveFailed() => _saveFailures.Add(1);

    public void Fired(TimeSpan lateness) => _lateness.Record(lateness.TotalSeconds);

    public void Delivered(DeliveryStatus status) => _deliveries.Add(1, new KeyValuePair<string, object?>("result", status switch
    {
        DeliveryStatus.Delivered => "delivered",
        DeliveryStatus.Retry => "retry",
        DeliveryStatus.Failed => "failed",
        _ => "gone",
    }));

    public void DeadUnlisted() => _deadUnlisted.Add(1);

    public void NoticeDropped() => _noticesDropped.Add(1);

    public void RejectsDropped(int rejects) => _rejectsDropped.Add(rejects);

    public void FarScored(string outcome, int rows) => _farScores.Add(rows, new KeyValuePair<string, object?>("outcome", outcome));

    public void FarFailed(string reason) => _farFailures.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void FarCall(int rows, TimeSpan duration)
    {
        _farRows.Record(rows);
        _farDuration.Record(duration.TotalSeconds);
    }
}
