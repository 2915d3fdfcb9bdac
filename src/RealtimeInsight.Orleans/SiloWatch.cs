using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Watching;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Orleans;

/// <summary>
/// Compares what the customers of this silo send, and what its models say of it, with the models' training data. Scores are not followed
/// to their outcomes: these may come when the customer lives on another silo. Thread-safe.
/// </summary>
public sealed class SiloWatch
{
    private readonly ModelMonitor _monitor;
    private readonly IScorer _scorer;
    private readonly TimeSpan _ageMax;

    /// <summary>Stamps of the models that the monitor has been told of.</summary>
    private readonly ConcurrentDictionary<uint, bool> _known = new();

    public SiloWatch(CustomerGrainOptions options, IScorer scorer, IMeterFactory meters, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(meters);
        (_scorer, _ageMax) = (scorer, options.DriftAgeMax);
        _monitor = new ModelMonitor(new WatchOptions().OutcomeWindow, options.DriftWindow);
        WatchInstruments.Observe(meters.Create(EngineInstruments.MeterName), Read, time);
    }

    /// <summary>Drift by version, of the events that this silo applied.</summary>
    public ModelWatch Read() => _monitor.Read([]);

    /// <summary>An event was applied, and scored if that was possible.</summary>
    internal void Saw(CustomerState state, CustomerEvent item, Instant now)
    {
        // One that came late changed what was before. Loaded history is not traffic.
        if (item.OccurredAt < state.LastSeen || now - item.OccurredAt > _ageMax) return;
        if (state.ScoresDegraded || state.ScoredAt != state.LastSeen || !Knows(state.ModelStamp)) return;
        _monitor.Sample(state, MomentDraw.Other(MomentDraw.Of(state)));
    }

    private bool Knows(uint stamp)
    {
        if (_known.ContainsKey(stamp)) return true;
        using var lease = _scorer.Lease();
        if (lease.Model is not { } model || model.Stamp != stamp) return false;
        _monitor.Know(model, lease.Manifest);
        _known[stamp] = true;
        return true;
    }
}
