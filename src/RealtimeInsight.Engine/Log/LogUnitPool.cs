using System.Collections.Concurrent;

namespace RealtimeInsight.Engine.Log;

/// <summary>Log units to be used again. Thread-safe.</summary>
internal sealed class LogUnitPool
{
    private const int KeptMax = 1024;
    private readonly ConcurrentQueue<LogUnit> _free = new();

    /// <summary>An empty unit with one reference, the caller's.</summary>
    public LogUnit Rent()
    {
        if (!_free.TryDequeue(out var unit)) unit = new LogUnit(this);
        unit.Own();
        return unit;
    }

    public void Return(LogUnit unit)
    {
        if (_free.Count < KeptMax) _free.Enqueue(unit);
    }
}
