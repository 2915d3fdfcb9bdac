using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Engine.Storage;

/// <summary>
/// What the embedded engine needs of durable storage. <see cref="Open"/> comes first; then <see cref="Commit"/> is called by one
/// thread at a time, reads by any thread beside it. Reads see everything committed before they began.
/// Operating errors are <see cref="StoreException"/>s.
/// </summary>
public interface IEngineStore : IDeliveryStore, IRejectStore, IRetentionStore, IErasureStore, IDisposable
{
    /// <summary>The file or place, for messages.</summary>
    string Name { get; }

    /// <summary>Creates or opens the store.</summary>
    /// <exception cref="StoreVersionException">A newer version wrote it.</exception>
    /// <exception cref="StoreCorruptException">It is not a readable store.</exception>
    StoreHead Open();

    /// <summary>Makes the whole group durable, or nothing of it.</summary>
    /// <exception cref="StoreUnavailableException">Nothing was committed; the same group may be given again.</exception>
    void Commit(CommitGroup group);

    /// <summary>Rows from the one that holds <paramref name="fromOffset"/> on, in order, verified.</summary>
    IEnumerable<LogRow> ReadLog(long fromOffset);

    /// <summary>The row that holds the offset, verified; null beyond the end.</summary>
    LogRow? FindRow(long offset);

    /// <summary>
    /// True when an event with this hash (see <see cref="LogRow.EventHashes"/>) is in a row that reaches into the time span.
    /// </summary>
    bool ContainsEvent(ulong hash, Instant from, Instant to);

    /// <summary>The indexes of all state segments, newest first, verified.</summary>
    IEnumerable<SegmentIndex> ReadIndexes();

    /// <summary>Hands the named pages to <paramref name="read"/>, in the order of the list. Their content is not verified here.</summary>
    /// <exception cref="StoreCorruptException">One of them does not exist or cannot be read.</exception>
    void ReadPages(IReadOnlyList<StatePageName> pages, StatePageReader read);

    /// <summary>Segments that version 1 wrote, newest first, verified; all of them are older than any other segment.</summary>
    IEnumerable<StateSegmentV1> ReadSegmentsV1();

    IEnumerable<AliasRow> ReadAliases();

    DecisionRow? FindDecision(string decisionId);

    /// <summary>The newest outcome of each of the named decisions and what became of its delivery.</summary>
    DecisionProgress FindProgress(string decisionId);

    IReadOnlyList<DeliveryAttempt> ReadAttempts(string decisionId);

    /// <summary>Pending entries of a channel that are due at or before <paramref name="now"/>, earliest first.</summary>
    IReadOnlyList<OutboxRow> ReadDueOutbox(string channel, Instant now, int limit);

    /// <summary>When the next pending entry of a channel is due; <see cref="Instant.Never"/> when none is pending.</summary>
    Instant NextOutboxDue(string channel);

    OutboxCounts CountOutbox();
}

/// <param name="NextOffset">Offset after the newest committed record.</param>
/// <param name="Checkpoint">Every record below it is included in a saved state.</param>
/// <param name="NextSegment">Number after the newest state segment.</param>
public sealed record StoreHead(long NextOffset, long Checkpoint, long NextSegment)
{
    /// <summary>Records below it are not kept any more.</summary>
    public long LogStart { get; init; }
}
