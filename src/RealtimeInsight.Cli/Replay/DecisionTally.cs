using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Engine;

namespace RealtimeInsight.Cli.Replay;

/// <summary>
/// Listens to the engine's counter of decisions while a replay runs, to tell which rules acted and what held others back.
/// Thread-safe; of the engine made with the given meter factory only.
/// </summary>
internal sealed class DecisionTally : IDisposable
{
    private const string Instrument = "realtime_insight.engine.decisions";

    private static readonly string s_decided = DecisionRecord.WireName(DecisionStatus.Decided);
    private static readonly string s_suppressed = DecisionRecord.WireName(DecisionStatus.Suppressed);

    private readonly ConcurrentDictionary<string, long> _actionsByRule = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _suppressedByReason = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public DecisionTally(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            var isOurs = instrument.Name == Instrument
                && instrument.Meter.Name == EngineInstruments.MeterName
                && ReferenceEquals(instrument.Meter.Scope, meters);
            if (isOurs) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) => Add(count, tags));
        _listener.Start();
    }

    public IReadOnlyDictionary<string, long> ActionsByRule => Sorted(_actionsByRule);

    public IReadOnlyDictionary<string, long> SuppressedByReason => Sorted(_suppressedByReason);

    public void Dispose() => _listener.Dispose();

    private void Add(long count, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string rule = "", result = "", reason = "";
        foreach (var (name, value) in tags)
        {
            switch (name)
            {
                case "rule": rule = value as string ?? ""; break;
                case "result": result = value as string ?? ""; break;
                case "reason": reason = value as string ?? ""; break;
            }
        }

        if (result == s_decided) _actionsByRule.AddOrUpdate(rule, count, (_, known) => known + count);
        else if (result == s_suppressed) _suppressedByReason.AddOrUpdate(reason, count, (_, known) => known + count);
    }

    private static SortedDictionary<string, long> Sorted(ConcurrentDictionary<string, long> counts) =>
        new(counts, StringComparer.Ordinal);
}
