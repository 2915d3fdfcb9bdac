using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// Looks for events whose ids the actor has forgotten: the log has not. A resend may come with a time that was corrected differently.
/// </summary>
internal sealed class LoggedEvents(IEngineStore store)
{
    private static readonly TimeSpan s_span = TimeSpan.FromMinutes(5);

    /// <param name="unit">The unit being made.</param>
    /// <param name="queue">Units on their way to the store.</param>
    public bool Contains(CustomerEvent item, LogUnit unit, CommitQueue queue)
    {
        var hash = LogUnit.HashOf(item.Customer.StableHash, item.Id);
        var (from, to) = (item.OccurredAt - s_span, item.OccurredAt + s_span);
        return unit.ContainsEvent(hash) || queue.ContainsEvent(hash, from, to) || store.ContainsEvent(hash, from, to);
    }
}
