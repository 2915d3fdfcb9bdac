using System.Buffers;
using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Engine.Commit;

/// <summary>Splits a batch into parts: by shard, in event-time order, at most one turn's worth each.</summary>
internal static class BatchRouter
{
    public static int ShardOf(ulong customerHash, int shards) => (int)(customerHash % (ulong)shards);

    /// <summary>Rejects go with the first part.</summary>
    public static List<(int Shard, IngestPart Part)> Split(IngestTicket ticket, int shards, int eventsMax)
    {
        var batch = ticket.Batch;
        var events = ticket.Events;
        var parts = new List<(int Shard, IngestPart Part)>(shards);
        if (events.Length == 0)
        {
            if (batch.Rejects.Count > 0) parts.Add((0, new IngestPart(ticket, 0) { Rejects = batch.Rejects }));
            return parts;
        }

        var hashes = ArrayPool<ulong>.Shared.Rent(events.Length);
        var isSorted = true;
        for (var i = 0; i < events.Length; i++)
        {
            hashes[i] = events[i].Customer.StableHash;
            isSorted &= i == 0 || events[i - 1].OccurredAt <= events[i].OccurredAt;
        }

        var order = isSorted ? null : TimeOrder(events);
        var current = new IngestPart?[shards];
        for (var i = 0; i < events.Length; i++)
        {
            var index = order is null ? i : order[i];
            var shard = shards == 1 ? 0 : ShardOf(hashes[index], shards);
            ref var part = ref current[shard];
            if (part is null || part.Count == eventsMax)
            {
                part = new IngestPart(ticket, Math.Min(eventsMax, events.Length))
                {
                    Rejects = parts.Count == 0 ? batch.Rejects : [],
                };
                parts.Add((shard, part));
            }

            part.Add(index, hashes[index]);
        }

        ArrayPool<ulong>.Shared.Return(hashes);
        return parts;
    }

    /// <summary>Indexes by event time, equal times in the order of the batch.</summary>
    private static int[] TimeOrder(CustomerEvent[] events)
    {
        var order = new int[events.Length];
        var times = new long[events.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
            times[i] = events[i].OccurredAt.UnixMs;
        }

        Array.Sort(order, (left, right) =>
        {
            var byTime = times[left].CompareTo(times[right]);
            return byTime != 0 ? byTime : left.CompareTo(right);
        });
        return order;
    }
}
