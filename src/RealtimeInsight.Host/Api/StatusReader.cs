using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Host.Api;

/// <param name="IsDemo">True while the simulated shop sends events and session and cart deadlines are shortened.</param>
public sealed record StatusAnswer(Instant Now, Instant StartedAt, double UptimeSeconds, string Version, bool IsDemo, EngineStatus Engine);

/// <summary>The engine's status with what the process knows of itself.</summary>
internal sealed class StatusReader(ICustomerEngine engine, HostOptions options, TimeProvider time)
{
    private static readonly string Version = typeof(StatusReader).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public StatusAnswer Read()
    {
        var now = time.GetUtcNow();
        return new StatusAnswer(
            Instant.From(now), Instant.From(_startedAt), (now - _startedAt).TotalSeconds, Version, options.Demo, engine.GetStatus());
    }
}
