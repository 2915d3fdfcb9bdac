using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Port;

/// <summary>What operators see of rejects. Replaying one is the intake's part: it ingests, then marks. Thread-safe.</summary>
public interface IRejectControl
{
    /// <summary>Kept rejects, newest first.</summary>
    /// <param name="limit">Most entries, 1 to 1,000.</param>
    /// <param name="before">Ids below this one; null for the newest.</param>
    ValueTask<IReadOnlyList<KeptReject>> ListAsync(
        RejectFilter filter, int limit, long? before, CancellationToken cancellationToken);

    /// <summary>One kept reject; null when it is unknown, or was dropped as one of the oldest.</summary>
    ValueTask<KeptReject?> FindAsync(long id, CancellationToken cancellationToken);

    /// <summary>Records what a replay gave; returns when that is durable.</summary>
    ValueTask MarkAsync(long id, string outcome, CancellationToken cancellationToken);
}

/// <param name="Id">Grows with every kept reject.</param>
/// <param name="ReplayedAt">Of the last replay; null when there was none.</param>
/// <param name="Outcome">Of the last replay: accepted, duplicate, late or rejected.</param>
public sealed record KeptReject(long Id, RejectedItem Item, Instant? ReplayedAt = null, string? Outcome = null);

/// <summary>All that is given has to hold.</summary>
/// <param name="From">Received at this time or later.</param>
/// <param name="To">Received before this time.</param>
/// <param name="IsReplayed">True for those that were replayed, false for those that were not.</param>
public sealed record RejectFilter(
    string? Code = null, string? Source = null, Instant? From = null, Instant? To = null, bool? IsReplayed = null);
