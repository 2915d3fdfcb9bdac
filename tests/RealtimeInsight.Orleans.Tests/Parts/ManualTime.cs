using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Orleans.Tests.Parts;

/// <summary>A clock that stands until it is set. Orleans itself keeps the real one.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _unixMs = Scenario.Start.UnixMs;

    public void Set(Instant now) => Volatile.Write(ref _unixMs, now.UnixMs);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Volatile.Read(ref _unixMs));
}
