using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Reads;
using RealtimeInsight.Engine.Work;
using RealtimeInsight.Inference;
using RealtimeInsight.Simulation.Storage;
using RealtimeInsight.Simulation.Time;
using RealtimeInsight.Simulation.World;

namespace RealtimeInsight.Simulation;

/// <summary>
/// The engine in virtual time without threads: what is sent is done when the call returns, and time passes when told to, with every
/// deadline on the way. Not thread-safe.
/// </summary>
public sealed class VirtualEngine : IDisposable
{
    private readonly VirtualTime _time;
    private readonly SteppedHost _host;
    private readonly InMemoryStore _store = new();
    private readonly Meter _meter = new(EngineInstruments.MeterName);
    private readonly EmbeddedEngine _engine;
    private readonly List<CustomerId> _customers = [];

    public VirtualEngine(Policy policy, CustomerOptions customer, IScorer scorer, DateTimeOffset start)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _time = new VirtualTime(start);
        _host = new SteppedHost(_time);
        var channels = policy.Rules.Select(static rule => rule.Channel).Distinct(StringComparer.Ordinal)
            .Select(static name => new Accepting(name)).ToArray();
        _engine = new EmbeddedEngine(
            new EngineOptions
            {
                Shards = 1, SaveInterval = TimeSpan.FromHours(1), ResidentBytesMax = 0,
                Retention = new() { KeepEvents = TimeSpan.Zero, KeepSettled = TimeSpan.Zero },
            },
            customer,
            new DecisionMaker(policy), scorer, _store, channels, new EngineInstruments(_meter), _time, NullLogger<EmbeddedEngine>.Instance)
        {
            WorkHost = _host,
        };
        Simulator.OnOneThread(() => _engine.StartAsync(CancellationToken.None)).GetAwaiter().GetResult();
    }

    public Instant Now => Instant.From(_time.GetUtcNow());

    /// <summary>Every customer that was sent an event, in order of the first.</summary>
    public IReadOnlyList<CustomerId> Customers => _customers;

    /// <summary>Takes the event in; returns when it is applied, scored, decided about and committed.</summary>
    /// <exception cref="EngineUnavailableException">The engine stopped on an error.</exception>
    public EventOutcome Send(CustomerEvent item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (!_customers.Contains(item.Customer)) _customers.Add(item.Customer);
        return Simulator.OnOneThread(() =>
        {
            var ticket = _engine.TakeAsync(IngestBatch.Of(item), CancellationToken.None).AsTask().GetAwaiter().GetResult();
            Settle();
            return ticket.Task.IsCompleted
                ? ticket.Task.GetAwaiter().GetResult().Outcomes[0]
                : throw new InvalidOperationException("the engine has nothing to do and has not answered");
        });
    }

    /// <summary>Sets the wall clock forward, or back with a negative span; the engine is not told.</summary>
    public void SetWallClock(TimeSpan by) => Simulator.OnOneThread(() =>
    {
        Settle();
        _time.SetWallClock(by);
        return true;
    });

    /// <summary>Lets time pass up to the moment; what is due on the way fires in its order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The moment has passed.</exception>
    public void AdvanceTo(Instant moment)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(moment, Now);
        Simulator.OnOneThread(() =>
        {
            Settle();
            for (var left = moment - Now; left > TimeSpan.Zero; left = moment - Now)
            {
                _time.Advance(_time.NextTimerIn is { } next && next < left ? next : left);
                Settle();
            }

            return true;
        });
    }

    /// <summary>The newest of what is known of a customer, newest first; empty for an unknown one.</summary>
    /// <param name="limit">Most entries, from 1 on.</param>
    public IReadOnlyList<TimelineEntry> Timeline(CustomerId customer, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var parts = _engine.Parts!;
        if (parts.Loops[0].Shard.Customers.Find(customer, customer.StableHash)?.State is not { } state) return [];
        return TimelineReader.Read(parts.Log, state.LastOffset, state.FirstSeen, limit);
    }

    public void Dispose() => _meter.Dispose();

    private void Settle()
    {
        while (_host.Ready() is [var worker, ..]) _host.Step(worker);
    }

    /// <summary>Takes every action: what is decided is what is asked about here.</summary>
    private sealed class Accepting(string name) : IActionChannel
    {
        public string Name => name;

        public ValueTask<DeliveryResult> SendAsync(ActionMessage message, CancellationToken cancellationToken) =>
            ValueTask.FromResult(DeliveryResult.Delivered);
    }
}
