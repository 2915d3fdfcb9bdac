using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Orleans.Budgets;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Contracts.Replies;
using RealtimeInsight.Orleans.Tests.Parts;

namespace RealtimeInsight.Orleans.Tests.Cluster;

/// <summary>What a campaign may spend is never exceeded, whichever silos its customers live on.</summary>
public sealed class BudgetTests
{
    private static readonly Policy s_policy = PolicyWith("""{ "campaign": "spring", "units": 5 }""");

    [Fact]
    public async Task Budget_Spent_NoFurtherActionLeavesAndTheDecisionSaysWhy()
    {
        await using var shop = await TestShop.OpenAsync(policy: s_policy, grains: new CustomerGrainOptions { BudgetBlock = 20 });
        var budget = shop.Grains.GetGrain<ICampaignBudgetGrain>("spring");
        await budget.SetLimitAsync(5 * 30);
        var customers = Enumerable.Range(0, 50).Select(static i => CustomerId.FromUser($"c{i}")).ToList();

        await Task.WhenAll(customers.Select(id => OrderAsync(shop, id)));
        var paid = await PaidAsync(shop, customers);
        for (var i = 0; i < paid; i++) await shop.Channel.WaitForOneAsync();

        // What a silo has leased and nobody there asks for is at most a block of four actions.
        Assert.InRange(paid, 30 - 4, 30);
        Assert.Equal(paid, shop.Channel.Messages.Count);
        Assert.Equal(new CampaignBudgetReply(150, 150), await budget.GetAsync());
    }

    [Fact]
    public async Task KilledSilo_WithALease_LimitHoldsAndTheLossIsNoMoreThanItsLease()
    {
        await using var shop = await TestShop.OpenAsync(policy: s_policy, grains: new CustomerGrainOptions { BudgetBlock = 50 });
        var budget = shop.Grains.GetGrain<ICampaignBudgetGrain>("spring");
        await budget.SetLimitAsync(5 * 60);
        var customers = Enumerable.Range(0, 120).Select(static i => CustomerId.FromUser($"k{i}")).ToList();
        await Task.WhenAll(customers.Take(20).Select(id => OrderAsync(shop, id)));

        await shop.Cluster.KillSiloAsync(shop.Cluster.Silos[1]);
        await shop.Cluster.WaitForLivenessToStabilizeAsync(didKill: true);
        await Task.WhenAll(customers.Select(id => OrderAsync(shop, id)));
        await Task.WhenAll(customers.Select(id => shop.Customer(id).FlushAsync()));

        var paid = await PaidAsync(shop, customers);

        // A killed silo takes along at most what it had leased last: ten actions.
        Assert.InRange(paid, 60 - 10, 60);
        Assert.True(shop.Channel.Messages.Select(static one => one.DecisionId).Distinct().Count() <= 60, "the limit was exceeded");
    }

    [Fact]
    public async Task StoppedSilo_GivesBackWhatItDidNotSpend()
    {
        await using var shop = await TestShop.OpenAsync(policy: s_policy);
        var budget = shop.Grains.GetGrain<ICampaignBudgetGrain>("spring");
        await budget.SetLimitAsync(5000);
        await OrderAsync(shop, CustomerId.FromUser("one"));
        Assert.Equal(60, (await budget.GetAsync()).Leased);
        var home = shop.Cluster.GetSiloForAddress(await shop.SiloOfAsync(shop.Customer(CustomerId.FromUser("one"))))!;

        await shop.Cluster.StopSiloAsync(home);

        Assert.Equal(new CampaignBudgetReply(5000, 5), await budget.GetAsync());
    }

    [Fact]
    public async Task Lease_OfLittleLeft_IsSmallAndNeverBeyondTheLimit()
    {
        await using var shop = await TestShop.OpenAsync();
        var budget = shop.Grains.GetGrain<ICampaignBudgetGrain>("summer");
        Assert.Equal(0, await budget.LeaseAsync(10, 1));
        await budget.SetLimitAsync(100);

        var leased = 0L;
        for (var given = 1L; given > 0; leased += given) given = await budget.LeaseAsync(40, 3);

        Assert.InRange(leased, 98, 100);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => budget.GiveBackAsync(101));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => budget.SetLimitAsync(-1));
        await budget.SetLimitAsync(50);
        Assert.Equal(0, await budget.LeaseAsync(1, 1));
    }

    [Fact]
    public void Budget_WithoutACampaign_IsRefusedWithTheRule()
    {
        var rule = PolicyWith("""{ "units": 0 }""").Rules[0];

        var refused = Assert.Throws<ArgumentException>(() => BudgetPurse.Of(rule));

        Assert.Contains("rule 'thanks' has the budget", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>How many were paid; the decisions of all others say that the budget was spent.</summary>
    private static async Task<int> PaidAsync(TestShop shop, IEnumerable<CustomerId> customers)
    {
        var states = new List<string>();
        foreach (var id in customers)
        {
            var decision = Assert.Single((await shop.Customer(id).GetInsightAsync())!.LastDecisions);
            states.Add((await shop.Customer(id).WhyAsync(decision.DecisionId))!.Delivery);
        }

        return states.Count(static state => state != "over_budget");
    }

    private static Task OrderAsync(TestShop shop, CustomerId id) => shop.Customer(id).ObserveAsync(
        EventBatch.Of(Scenario.One(id, EventKind.OrderCompleted, Scenario.Start, $"order-{id.Value}")));

    private static Policy PolicyWith(string budget) => Policy.Parse(JsonNode.Parse($$"""
        {
          "name": "budgeted",
          "rules": [
            { "id": "thanks", "on": ["order_completed"], "action": "coupon", "parameters": { "budget": {{budget}} } }
          ]
        }
        """)!);
}
