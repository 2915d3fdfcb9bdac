namespace RealtimeInsight.Engine.Retention;

/// <summary>What was let go since the start. Written by one thread at a time, read by any.</summary>
internal sealed class RetentionCounters
{
    private long _records;
    private long _decisions;
    private long _actions;

    public RetentionCounts Now =>
        new(Volatile.Read(ref _records), Volatile.Read(ref _decisions), Volatile.Read(ref _actions));

    public void Gone(RetentionCounts counts)
    {
        Interlocked.Add(ref _records, counts.Records);
        Interlocked.Add(ref _decisions, counts.Decisions);
        Interlocked.Add(ref _actions, counts.Actions);
    }
}

/// <param name="Records">Of the log.</param>
/// <param name="Actions">Delivered or given up.</param>
internal readonly record struct RetentionCounts(long Records, long Decisions, long Actions)
{
    public static RetentionCounts operator -(RetentionCounts left, RetentionCounts right) =>
        new(left.Records - right.Records, left.Decisions - right.Decisions, left.Actions - right.Actions);
}
