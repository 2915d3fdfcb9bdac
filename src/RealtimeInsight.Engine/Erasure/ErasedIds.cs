using System.Collections.Concurrent;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Erasure;

/// <summary>Ids that were erased, by hash, and when: a resend of what came before brings nothing back. Thread-safe.</summary>
internal sealed class ErasedIds
{
    private readonly ConcurrentDictionary<ulong, Instant> _at = new();

    private volatile bool _isUsed;

    public void Put(ulong hash, Instant at)
    {
        _at.AddOrUpdate(hash, at, (_, known) => Instant.Max(known, at));
        _isUsed = true;
    }

    public void Load(IEnumerable<EraseRow> rows)
    {
        foreach (var row in rows) Put(row.Hash, row.At);
    }

    /// <summary>True for an event of an erased customer that happened before it was erased.</summary>
    public bool IsGone(ulong hash, CustomerEvent item) =>
        _isUsed && _at.TryGetValue(hash, out var at) && item.OccurredAt <= at;

    /// <summary>True for an event that was sent under an erased id before that was erased, whoever the id belongs to since.</summary>
    public bool IsGone(CustomerEvent item) => _isUsed && IsGone(item.Customer.StableHash, item);

    /// <summary>How many of them a shard has.</summary>
    public int CountOf(int shard, int shards) => _at.Keys.Count(hash => BatchRouter.ShardOf(hash, shards) == shard);
}
