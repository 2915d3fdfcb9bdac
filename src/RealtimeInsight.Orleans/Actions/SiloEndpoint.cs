using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Orleans.Boards;

namespace RealtimeInsight.Orleans.Actions;

/// <summary>A channel with what this silo knows of its receiver. Thread-safe.</summary>
internal sealed class SiloEndpoint(IActionChannel channel, IReadOnlyList<string> names, CustomerGrainOptions options)
{
    private int _inFlight;

    public string Name => channel.Name;

    /// <summary>The channels of policies that lead to it; its own name first.</summary>
    public IReadOnlyList<string> Names => names;

    public IActionChannel Channel => channel;

    public EndpointGate Gate { get; } = new(
        channel.Name,
        names,
        new OutboxOptions
        {
            CircuitFailures = options.CircuitFailures, CircuitWaitMin = options.CircuitWaitMin, CircuitWaitMax = options.CircuitWaitMax,
        },
        disabled: null);

    /// <summary>True when a send may begin, which <see cref="End"/> has to follow; false while the receiver is left alone.</summary>
    public bool TryBegin(Instant now)
    {
        if (Gate.MaySend(now, Interlocked.Increment(ref _inFlight) - 1)) return true;
        End();
        return false;
    }

    public void End() => Interlocked.Decrement(ref _inFlight);

    public EndpointReply Status(Instant now)
    {
        var status = Gate.Status(now);
        return new EndpointReply(
            status.Name, [.. status.Names], status.State, status.Since?.UnixMs, status.Until?.UnixMs, status.Failures, status.Reason);
    }
}
