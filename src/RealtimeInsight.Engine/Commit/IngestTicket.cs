using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Engine.Commit;

/// <summary>
/// One batch on its way: done when each of its parts is committed. Shards write outcomes of different events, without locks.
/// </summary>
internal sealed class IngestTicket(IngestBatch batch, long startedAt) : TaskCompletionSource<IngestResult>(
    TaskCreationOptions.RunContinuationsAsynchronously)
{
    // One count is the sender's, so that the ticket is not done before all parts are made.
    private int _open = 1;

    public IngestBatch Batch { get; } = batch;

    /// <summary>The batch's events; not to be changed.</summary>
    public CustomerEvent[] Events { get; } = batch.Events as CustomerEvent[] ?? [.. batch.Events];

    public EventOutcome[] Outcomes { get; } = new EventOutcome[batch.Events.Count];

    /// <summary>Timestamp of the <see cref="TimeProvider"/> at arrival.</summary>
    public long StartedAt { get; } = startedAt;

    public void AddPart() => Interlocked.Increment(ref _open);

    /// <summary>One part is committed; true when it was the last.</summary>
    public bool Done()
    {
        if (Interlocked.Decrement(ref _open) != 0) return false;
        int accepted = 0, duplicates = 0, late = 0, unreadable = 0;
        foreach (var outcome in Outcomes)
        {
            if (outcome == EventOutcome.Accepted) accepted++;
            else if (outcome == EventOutcome.Duplicate) duplicates++;
            else if (outcome == EventOutcome.Late) late++;
            else unreadable++;
        }

        return TrySetResult(new IngestResult(Outcomes, accepted, duplicates, late) { Unreadable = unreadable });
    }

    public void Fail(string why) => TrySetException(new EngineUnavailableException(why));
}
