using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Shards;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine;

/// <summary>
/// Brings the shards to where the store is: the indexes of the saved states, then the log after the checkpoint with the states that it
/// touches. Shards work beside each other.
/// </summary>
internal static class EngineRecovery
{
    private const int IndexesAtATime = 256;
    private const int SegmentsAtATime = 32;
    private const int RowsAtATime = 64;

    /// <summary>
    /// Returns where the commit loop goes on, how many log records were replayed, and the merges whose second step is missing.
    /// </summary>
    public static (RecoveredState State, long Replayed, IReadOnlyList<(long Offset, MergeRecord Record)> Unfinished) Run(
        IEngineStore store, StoreHead head, IReadOnlyList<Shard> shards, int threadsMax, CancellationToken cancellationToken)
    {
        var replays = shards.Select(shard => shard.Replay()).ToArray();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threadsMax, CancellationToken = cancellationToken };
        if (head.Checkpoint > head.NextOffset)
        {
            throw new StoreCorruptException(
                store.Name, head.Checkpoint, $"the checkpoint is {head.Checkpoint}, the log ends before {head.NextOffset}");
        }

        foreach (var indexes in store.ReadIndexes().Chunk(IndexesAtATime))
        {
            Parallel.For(0, shards.Count, parallel, shard =>
            {
                foreach (var index in indexes) replays[shard].Load(index, shard, shards.Count, head.NextOffset, store.Name);
            });
        }

        foreach (var segments in store.ReadSegmentsV1().Chunk(SegmentsAtATime))
        {
            Parallel.For(0, shards.Count, parallel, shard =>
            {
                foreach (var segment in segments) replays[shard].Load(segment, shard, shards.Count);
            });
        }

        Parallel.For(0, shards.Count, parallel, shard => replays[shard].Refresh());
        foreach (var rows in store.ReadLog(head.Checkpoint).Chunk(RowsAtATime))
        {
            Parallel.For(0, shards.Count, parallel, shard => replays[shard].Apply(rows, shard, shards.Count, store.Name));
        }

        var shares = new Dictionary<long, int>();
        foreach (var segment in shards.SelectMany(shard => shard.Saver.Segments))
        {
            shares[segment] = shares.GetValueOrDefault(segment) + 1;
        }

        var unfinished = UnfinishedMerges(replays);
        foreach (var (offset, record) in unfinished)
        {
            shards[BatchRouter.ShardOf(record.Customer.StableHash, shards.Count)].Saver.Hold(offset);
        }

        var firstUnsaved = shards.Select(shard => shard.Saver.FirstUnsaved).ToArray();
        var state = new RecoveredState(head.NextOffset, head.Checkpoint, shares, firstUnsaved);
        return (state, replays.Sum(replay => replay.Replayed), unfinished);
    }

    private static List<(long Offset, MergeRecord Record)> UnfinishedMerges(ShardReplay[] replays)
    {
        var finished = replays.SelectMany(static replay => replay.SecondSteps).ToHashSet();
        return
        [
            .. replays.SelectMany(static replay => replay.FirstSteps).Where(step => !finished.Contains(step.Offset))
                .Where(static step => step.Record is not { Step: MergeStep.Given, State.EventCount: 0 })
                .OrderBy(static step => step.Offset),
        ];
    }
}
