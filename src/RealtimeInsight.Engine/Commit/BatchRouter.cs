using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Engine.Commit;

/// <summary>Splits a batch into parts: by shard, in event-time order, at most one turn's worth each.</summary>
internal static class BatchRouter
{
    public static int ShardOf(ulong customerHash, int shards) => (int)(customerHash % (ulong)shards);

    /// <summary>Rejects go with the first part.</summary>
    public static List<(int Shard, IngestPart Part)> Split(IngestTicket ticket, int shards, int eventsMax)
    {
        var batch = ticket.Batch;
        var count = batch.Events.Count;
        var parts = new List<(int Shard, IngestPart Part)>();
        if (count == 0)
        {
            if (batch.Rejects.Count > 0) parts.Add((0, new IngestPart(ticket, 0) { Rejects = batch.Rejects }));
            return parts;
        }

        var hashes = new ulong[count];
        for (var i = 0; i < count; i++) hashes[i] = batch.Events[i].Customer.StableHash;
        var order = TimeOrder(batch);
        var rejects = batch.Rejects;
        for (var shard = 0; shard < shards; shard++)
        {
            IngestPart? part = null;
            for (var i = 0; i < count; i++)
            {
                var index = order is null ? i : order[i];
                if (shards > 1 && ShardOf(hashes[index], shards) != shard) continue;
                if (part is null || part.Count == eventsMax)
                {
                    part = new IngestPart(ticket, Math.Min(eventsMax, count)) { Rejects = rejects };
                    rejects = [];
                    parts.Add((shard, part));
                }

                part.Add(index, hashes[index]);
            }
        }

        return parts;
    }

    /// <summary>Indexes by event time, equal times in the order of the batch; null when the batch is in order already.</summary>
    private static int[]? TimeOrder(IngestBatch batch)
    {
        var events = batch.Events;
        var isSorted = true;
        for (var i = 1; i < events.Count && isSorted; i++) isSorted = events[i - 1].OccurredAt <= events[i].OccurredAt;
        if (isSorted) return null;
        var order = new int[events.Count];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(order, (left, right) =>
        {
            var byTime = events[left].OccurredAt.CompareTo(events[right].OccurredAt);
            return byTime != 0 ? byTime : left.CompareTo(right);
        });
        return order;
    }
}
