namespace RealtimeInsight.Simulation.World;

/// <summary>What the world outside the engine does, and when: in order of time, then of entry.</summary>
internal sealed class Agenda(TimeProvider time)
{
    private readonly PriorityQueue<Action, (long At, long Number)> _entries = new();
    private long _number;

    public bool IsDue => _entries.TryPeek(out _, out var key) && key.At <= time.GetTimestamp();

    public int Count => _entries.Count;

    public void In(TimeSpan span, Action action) =>
        _entries.Enqueue(action, (time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency), _number++));

    /// <summary>How long until the next entry; null when there is none.</summary>
    public TimeSpan? NextIn() => _entries.TryPeek(out _, out var key)
        ? TimeSpan.FromTicks(Math.Max(0, key.At - time.GetTimestamp()) * TimeSpan.TicksPerSecond / time.TimestampFrequency)
        : null;

    public void RunNext() => _entries.Dequeue()();
}
