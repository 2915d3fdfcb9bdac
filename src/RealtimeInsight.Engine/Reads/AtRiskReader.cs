using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Shards;

namespace RealtimeInsight.Engine.Reads;

/// <summary>Customers with an open session or cart, the most likely to be lost first.</summary>
internal static class AtRiskReader
{
    /// <summary>Looks at no more than <paramref name="scanMax"/> customers; runs on the shard's thread.</summary>
    public static List<CustomerAtRisk> Read(Shard shard, int limit, int scanMax)
    {
        var customers = shard.Customers;
        var top = new PriorityQueue<int, float>();
        for (var i = 0; i < Math.Min(customers.Live.Count, scanMax); i++)
        {
            var index = customers.Live[i];
            var risk = customers.Row(index).Risk;
            if (float.IsNaN(risk)) continue;
            if (top.Count < limit) top.Enqueue(index, risk);
            else top.EnqueueDequeue(index, risk);
        }

        foreach (var (index, _) in top.UnorderedItems) customers.Cold.Want(index);
        customers.Cold.ReadWanted();

        // Who is lost is left out.
        var found = top.UnorderedItems.Select(static item => item.Element).Where(customers.IsInMemory);
        return [.. found.Select(index => AtRiskView.Of(customers.Peek(index), shard.AsOf))];
    }
}
