namespace RealtimeInsight.Host.Tests;

/// <summary>A wall clock that stands until a test moves it; timers run on real time, so that limits and intervals work.</summary>
internal sealed class SettableTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
