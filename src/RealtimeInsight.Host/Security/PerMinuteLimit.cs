namespace RealtimeInsight.Host;

/// <summary>Lets a number of things through in each minute. Thread-safe.</summary>
internal sealed class PerMinuteLimit(int most, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _minute = -1;
    private int _used;

    public bool TryTake()
    {
        var minute = time.GetUtcNow().UtcTicks / TimeSpan.TicksPerMinute;
        lock (_gate)
        {
            if (minute != _minute)
            {
                _minute = minute;
                _used = 0;
            }

            if (_used >= most) return false;
            _used++;
            return true;
        }
    }
}
