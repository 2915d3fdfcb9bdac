using System.Diagnostics.Metrics;
using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Host.Intake;

/// <summary>What the intake counts. Tag values come from closed sets: kinds of events, reject codes, calls and status codes.</summary>
internal sealed class IntakeInstruments
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _received;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _duplicate;
    private readonly Counter<long> _rejectsNotKept;

    public IntakeInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(HostMeter.Name);
        _requests = meter.CreateCounter<long>(
            "realtime_insight.intake.requests", "{request}", "Requests to the intake by call and status.");
        _received = meter.CreateCounter<long>(
            "realtime_insight.events.received", "{event}", "Valid events handed to the engine by kind; unknown names are custom.");
        _rejected = meter.CreateCounter<long>(
            "realtime_insight.events.rejected", "{event}", "Items and requests not accepted, by reason.");
        _duplicate = meter.CreateCounter<long>(
            "realtime_insight.events.duplicate", "{event}", "Events whose id was applied before.");
        _rejectsNotKept = meter.CreateCounter<long>(
            "realtime_insight.intake.rejects_not_kept", "{event}", "Rejects that were counted but are not listed, by reason.");
    }

    public void Request(string call, int status) =>
        _requests.Add(1, new KeyValuePair<string, object?>("call", call), new KeyValuePair<string, object?>("status", status));

    /// <summary>Counts the events of a request, one measurement for each kind in it.</summary>
    /// <param name="source">The way in.</param>
    public void Received(IReadOnlyList<CustomerEvent> events, string source)
    {
        Span<int> counts = stackalloc int[EventKinds.Count];
        foreach (var received in events) counts[(int)received.Kind]++;
        for (var kind = 0; kind < counts.Length; kind++)
        {
            if (counts[kind] == 0) continue;
            _received.Add(
                counts[kind],
                new KeyValuePair<string, object?>("source", source),
                new KeyValuePair<string, object?>("type", EventKinds.WireName((EventKind)kind)));
        }
    }

    public void Rejected(string code) => _rejected.Add(1, new KeyValuePair<string, object?>("reason", code));

    public void Duplicates(int count)
    {
        if (count > 0) _duplicate.Add(count);
    }

    public void RejectNotKept(string code) => _rejectsNotKept.Add(1, new KeyValuePair<string, object?>("reason", code));
}
