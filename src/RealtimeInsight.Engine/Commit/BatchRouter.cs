using System.Buffers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Identity;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Engine.Commit;

/// <summary>Splits a batch into parts: by shard, in event-time order, at most one turn's worth each.</summary>
internal sealed class BatchRouter(int shards, int eventsMax, AliasMap aliases, LinkFilter filter)
{
    public static int ShardOf(ulong customerHash, int shards) => (int)(customerHash % (ulong)shards);

    /// <summary>The batch as it will be split: hashed, in order, and with the ids that it was sent under noted.</summary>
    public BatchPlan Plan(IngestTicket ticket)
    {
        var events = ticket.Events;
        var hashes = ArrayPool<ulong>.Shared.Rent(events.Length);
        var hasVisitors = false;
        var isSorted = true;
        var version = filter.Version;
        for (var i = 0; i < events.Length; i++)
        {
            var item = events[i];
            hashes[i] = item.Customer.StableHash;
            isSorted &= i == 0 || events[i - 1].OccurredAt <= item.OccurredAt;
            hasVisitors |= item.Visitor.HasValue;
            if (item.Customer.IsVisitor) filter.Seen(hashes[i]);
        }

        return new BatchPlan(ticket, hashes, isSorted ? null : TimeOrder(events), hasVisitors, version);
    }

    /// <summary>
    /// Notes once more, right before they are queued, whose events these are: meanwhile a shard was asked that did not know.
    /// </summary>
    public void Note(in BatchPlan plan, int from, int to)
    {
        if (plan.FilterVersion == filter.Version) return;
        for (var i = from; i < to; i++)
        {
            var index = plan.IndexAt(i);
            if (plan.Ticket.Events[index].Customer.IsVisitor) filter.Seen(plan.Hashes[index]);
        }
    }

    /// <summary>The parts of some of a batch's events, from one place in its order to another.</summary>
    /// <param name="rejects">Go with the first part.</param>
    public List<(int Shard, IngestPart Part)> Split(in BatchPlan plan, int from, int to, IReadOnlyList<RejectedItem> rejects)
    {
        var ticket = plan.Ticket;
        var parts = new List<(int Shard, IngestPart Part)>(shards);
        if (from == to)
        {
            if (rejects.Count > 0) parts.Add((0, new IngestPart(ticket, 0) { Rejects = rejects }));
            return parts;
        }

        var hasAliases = !aliases.IsEmpty;
        var current = new IngestPart?[shards];
        for (var i = from; i < to; i++)
        {
            var index = plan.IndexAt(i);
            var hash = plan.Hashes[index];
            var customer = default(CustomerId);
            if (hasAliases && ForwardedTo(ticket.Events[index].Customer) is { } owner) (customer, hash) = (owner, owner.StableHash);
            var shard = shards == 1 ? 0 : ShardOf(hash, shards);
            ref var part = ref current[shard];
            if (part is null || part.Count == eventsMax)
            {
                part = new IngestPart(ticket, Math.Min(eventsMax, to - from)) { Rejects = parts.Count == 0 ? rejects : [] };
                parts.Add((shard, part));
            }

            if (customer.IsEmpty) part.Add(index, hash);
            else part.Add(index, hash, customer);
        }

        return parts;
    }

    /// <summary>The customer that an event counts for, where that is not the one it was sent under.</summary>
    private CustomerId? ForwardedTo(CustomerId id)
    {
        var customer = aliases.Resolve(id);
        return customer == id ? null : customer;
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

/// <param name="Hashes">Pooled: stable hashes of the ids that the events were sent under.</param>
/// <param name="Order">Indexes in order of event time; null when that is the batch's own.</param>
/// <param name="HasVisitors">Some event names a visitor beside its customer.</param>
/// <param name="FilterVersion">Of the link filter, when the batch's ids were noted.</param>
internal readonly record struct BatchPlan(IngestTicket Ticket, ulong[] Hashes, int[]? Order, bool HasVisitors, int FilterVersion)
{
    public int Count => Ticket.Events.Length;

    /// <summary>Which event of the batch is at a place in the order.</summary>
    public int IndexAt(int place) => Order is null ? place : Order[place];

    /// <summary>The batch has been split.</summary>
    public void Release() => ArrayPool<ulong>.Shared.Return(Hashes);
}
