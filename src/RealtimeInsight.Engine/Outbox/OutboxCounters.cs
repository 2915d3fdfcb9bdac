using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Outbox;

/// <summary>Outbox entries by where they stand. Thread-safe.</summary>
internal sealed class OutboxCounters(OutboxCounts counts)
{
    private long _pending = counts.Pending;
    private long _delivered = counts.Delivered;
    private long _dead = counts.Dead;
    private long _created;

    public long Pending => Volatile.Read(ref _pending);

    public long Delivered => Volatile.Read(ref _delivered);

    public long Dead => Volatile.Read(ref _dead);

    /// <summary>Entries made since start.</summary>
    public long Created => Volatile.Read(ref _created);

    public void Added(int count)
    {
        Interlocked.Add(ref _pending, count);
        Interlocked.Add(ref _created, count);
    }

    public void Settled(OutboxState state)
    {
        if (state == OutboxState.Pending) return;
        Interlocked.Decrement(ref _pending);
        if (state == OutboxState.Delivered) Interlocked.Increment(ref _delivered);
        else Interlocked.Increment(ref _dead);
    }

    /// <summary>Entries that were given up are not kept any more.</summary>
    public void Dropped(int dead) => Interlocked.Add(ref _dead, -dead);

    /// <summary>An entry went that stood there.</summary>
    public void Forgotten(OutboxState state)
    {
        if (state == OutboxState.Pending) Interlocked.Decrement(ref _pending);
        else if (state == OutboxState.Dead) Interlocked.Decrement(ref _dead);
    }

    public void Redriven(int count)
    {
        Interlocked.Add(ref _dead, -count);
        Interlocked.Add(ref _pending, count);
    }
}
