using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Shards;

namespace RealtimeInsight.Engine.Reads;

/// <summary>Customers with an open session or cart, the most likely to be lost first.</summary>
internal static class AtRiskReader
{
    /// <summary>With a cart the larger of abandonment and churn, else churn.</summary>
    public static float Risk(CustomerAtRisk customer) => Math.Max(customer.Churn, customer.Abandonment ?? 0f);

    /// <summary>Looks at no more than <paramref name="scanMax"/> customers; runs on the shard's thread.</summary>
    public static List<CustomerAtRisk> Read(Shard shard, InsightBuilder builder, int limit, int scanMax)
    {
        var live = shard.Customers.Live;
        var top = new PriorityQueue<CustomerSlot, float>();
        for (var i = 0; i < Math.Min(live.Count, scanMax); i++)
        {
            var state = live[i].State;
            if (!state.ScoredAt.HasValue) continue;
            var hasCart = state.Cart is { } cart && CartStates.IsOpen(cart.State);
            var risk = hasCart ? Math.Max(state.Scores.Churn, state.Scores.Abandonment) : state.Scores.Churn;
            if (top.Count < limit) top.Enqueue(live[i], risk);
            else top.EnqueueDequeue(live[i], risk);
        }

        return [.. top.UnorderedItems.Select(item => builder.AtRisk(item.Element.State, shard.AsOf))];
    }
}
