using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Cli.Replay;

/// <summary>How every line read so far was settled: <c>Accepted + Rejected + Duplicates = Read</c> after each batch.</summary>
public sealed class ReplayCounts
{
    private readonly SortedDictionary<string, long> _rejectedByReason = new(StringComparer.Ordinal);

    public long Read { get; private set; }

    public long Accepted { get; private set; }

    /// <summary>Malformed lines and late events.</summary>
    public long Rejected { get; private set; }

    public long Duplicates { get; private set; }

    public long Late { get; private set; }

    public IReadOnlyDictionary<string, long> RejectedByReason => _rejectedByReason;

    /// <summary>Adds one committed batch.</summary>
    public void Add(IngestBatch batch, IngestResult result)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(result);
        Read += batch.Events.Count + batch.Rejects.Count;
        Accepted += result.Accepted;
        Duplicates += result.Duplicates;
        Late += result.Late;
        Rejected += batch.Rejects.Count + result.Late + result.Unreadable;
        foreach (var reject in batch.Rejects) Count(reject.Code, 1);
        if (result.Late > 0) Count(LineCodes.Late, result.Late);
        if (result.Unreadable > 0) Count(LineCodes.CustomerUnreadable, result.Unreadable);
    }

    private void Count(string reason, long count) => _rejectedByReason[reason] = _rejectedByReason.GetValueOrDefault(reason) + count;
}
