using RealtimeInsight.Simulation.Time;

namespace RealtimeInsight.Simulation.Tests.Time;

public sealed class VirtualTimeTests
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void SetWallClock_MovesTheWallClock_AndNeitherTimersNorTimePassed()
    {
        var time = new VirtualTime(s_start);
        var fired = 0;
        using var timer = time.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan);
        var before = time.GetTimestamp();
        time.SetWallClock(TimeSpan.FromHours(-1));
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(0, fired);
        Assert.Equal(TimeSpan.FromSeconds(1), time.NextTimerIn);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, fired);
        Assert.Equal(s_start.AddHours(-1).AddSeconds(10), time.GetUtcNow());
        Assert.Equal(TimeSpan.FromSeconds(10), time.GetElapsedTime(before));
    }
}
