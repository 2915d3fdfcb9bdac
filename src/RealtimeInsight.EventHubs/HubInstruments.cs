using System.Diagnostics.Metrics;

namespace RealtimeInsight.EventHubs;

/// <summary>What a hub reader counts. Tag values come from the closed set of reject codes.</summary>
public sealed class HubInstruments
{
    public const string MeterName = "RealtimeInsight.EventHubs";

    private readonly Counter<long> _events;
    private readonly Counter<long> _poison;
    private readonly Counter<long> _checkpoints;
    private readonly Counter<long> _retries;
    private readonly Histogram<double> _age;

    /// <param name="meter">Named <see cref="MeterName"/>; the caller keeps it.</param>
    public HubInstruments(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        _events = meter.CreateCounter<long>("realtime_insight.hub.events", "{event}", "Events of the hub that were taken in.");
        _poison = meter.CreateCounter<long>("realtime_insight.hub.poison", "{event}", "Events set aside because they are none, by reason.");
        _checkpoints = meter.CreateCounter<long>("realtime_insight.hub.checkpoints", "{checkpoint}", "Checkpoints saved.");
        _retries = meter.CreateCounter<long>("realtime_insight.hub.retries", "{attempt}", "Attempts that had to be made again.");
        _age = meter.CreateHistogram<double>(
            "realtime_insight.hub.event_age", "s", "From the hub's receipt of a batch's newest event to its being taken in.");
    }

    internal void Taken(int events, IReadOnlyList<PoisonEvent> poison, TimeSpan age)
    {
        _events.Add(events);
        _age.Record(Math.Max(0, age.TotalSeconds));
        foreach (var one in poison) _poison.Add(1, new KeyValuePair<string, object?>("reason", one.Item.Code));
    }

    internal void Checkpoint() => _checkpoints.Add(1);

    internal void Retry() => _retries.Add(1);
}
