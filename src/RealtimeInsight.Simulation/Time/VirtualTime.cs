namespace RealtimeInsight.Simulation.Time;

/// <summary>
/// A clock that moves when told to. Timers due on the way fire on the caller's thread, in order of their due time. The wall clock can be
/// set beside it, as an operator or a time server does: time that has passed stays passed.
/// </summary>
public sealed class VirtualTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<VirtualTimer> _timers = [];
    private DateTimeOffset _now = start;
    private TimeSpan _skew;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How far the wall clock is off the time that has passed since the start.</summary>
    public TimeSpan Skew
    {
        get
        {
            lock (_gate) return _skew;
        }
    }

    /// <summary>How long until the next timer; null when none is armed.</summary>
    public TimeSpan? NextTimerIn
    {
        get
        {
            lock (_gate)
            {
                if (_timers.Count == 0) return null;
                var left = _timers.Min(static timer => timer.Due) - _now;
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _now + _skew;
    }

    public override long GetTimestamp()
    {
        lock (_gate) return _now.UtcTicks;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Sets the wall clock forward, or back with a negative span.</summary>
    public void SetWallClock(TimeSpan by)
    {
        lock (_gate) _skew += by;
    }

    public void Advance(TimeSpan span)
    {
        DateTimeOffset end;
        lock (_gate) end = _now + span;
        while (true)
        {
            VirtualTimer? next;
            lock (_gate)
            {
                next = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
                if (next is null)
                {
                    _now = end;
                    return;
                }

                if (next.Due > _now) _now = next.Due;
                next.Due = next.Period > TimeSpan.Zero ? next.Due + next.Period : DateTimeOffset.MaxValue;
                if (next.Due == DateTimeOffset.MaxValue) _timers.Remove(next);
            }

            next.Fire();
        }
    }

    /// <summary>Forgets every timer: whoever armed them is gone.</summary>
    public void DropTimers()
    {
        lock (_gate) _timers.Clear();
    }

    private sealed class VirtualTimer(VirtualTime time, Action fire) : ITimer
    {
        public DateTimeOffset Due { get; set; } = DateTimeOffset.MaxValue;

        public TimeSpan Period { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                time._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Due = time._now + dueTime;
                Period = period == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : period;
                time._timers.Add(this);
            }

            return true;
        }

        public void Dispose()
        {
            lock (time._gate) time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
