namespace RealtimeInsight.Cli.Bench;

/// <summary>A clock that goes as another one does and shows another time of day: the past of a store that was made for it.</summary>
internal sealed class ShiftedTime(TimeProvider inner, TimeSpan shift) : TimeProvider
{
    public override long TimestampFrequency => inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + shift;

    public override long GetTimestamp() => inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        inner.CreateTimer(callback, state, dueTime, period);
}
