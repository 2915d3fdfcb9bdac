using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Log;

namespace RealtimeInsight.Engine.Commit;

/// <summary>
/// Gives units their offsets in the order of the queue, and keeps logged ones readable until they are committed. Bounded by its
/// producers: each shard has at most a fixed number of units in it. Thread-safe.
/// </summary>
internal sealed class CommitQueue(long nextOffset, WakeSignal reader)
{
    private readonly Lock _gate = new();
    private readonly Queue<CommitUnit> _pending = new();
    private readonly List<LogUnit> _inFlight = [];
    private long _next = nextOffset;

    /// <summary>Offset that the next record will get.</summary>
    public long NextOffset
    {
        get
        {
            lock (_gate) return _next;
        }
    }

    /// <summary>
    /// Queues a unit. Its log unit is closed; its records have their offsets afterwards, the first of which is returned (without a log
    /// unit: the offset that comes next).
    /// </summary>
    public long Enqueue(CommitUnit unit)
    {
        long first;
        lock (_gate)
        {
            first = _next;
            if (unit.Log is { } log)
            {
                log.Seal(_next);
                _next += log.Count;
                log.AddReference();
                _inFlight.Add(log);
            }

            _pending.Enqueue(unit);
        }

        reader.Set();
        return first;
    }

    /// <summary>Takes units for one transaction, oldest first, within the limits but at least one if there is any.</summary>
    public void Take(List<CommitUnit> into, int unitsMax, int bytesMax)
    {
        var bytes = 0L;
        lock (_gate)
        {
            while (into.Count < unitsMax && bytes < bytesMax && _pending.TryDequeue(out var unit))
            {
                into.Add(unit);
                bytes += unit.Bytes;
            }
        }
    }

    /// <summary>The unit is in the store (or given up): readers find it there from now on.</summary>
    public void Remove(LogUnit log)
    {
        lock (_gate) _inFlight.Remove(log);
        log.Release();
    }

    /// <summary>The uncommitted unit that holds the offset, with a reference for the caller; null when there is none.</summary>
    public LogUnit? Acquire(long offset)
    {
        lock (_gate)
        {
            foreach (var log in _inFlight)
            {
                if (offset < log.FirstOffset || offset >= log.EndOffset) continue;
                log.AddReference();
                return log;
            }
        }

        return null;
    }

    /// <summary>True when an uncommitted unit that reaches into the time span has an event with this hash.</summary>
    public bool ContainsEvent(ulong hash, Instant from, Instant to)
    {
        lock (_gate)
        {
            foreach (var log in _inFlight)
            {
                if (log.MaxTime >= from && log.MinTime <= to && log.ContainsEvent(hash)) return true;
            }
        }

        return false;
    }
}
