using System.Text;
using System.Text.Json;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Grains;
using RealtimeInsight.Orleans.Tests.Parts;

namespace RealtimeInsight.Orleans.Tests.Cluster;

/// <summary>The law of the grains: what they know and decide is what the Domain makes of the same events.</summary>
public sealed class ConformanceTests
{
    [Fact]
    public async Task Grains_SameEvents_SameInsightsAndDecisionsAsTheDomain()
    {
        await using var shop = await TestShop.OpenAsync(hasIndex: false);
        var customers = Enumerable.Range(0, 24).Select(static i => CustomerId.FromUser($"customer-{i}")).ToList();
        var folds = customers.ConvertAll(id => new DirectFold(id, shop.Customers));
        var silos = new HashSet<string>();
        for (var i = 0; i < customers.Count; i++)
        {
            var grain = shop.Customer(customers[i]);
            foreach (var part in Scenario.Of(customers[i], seed: i, count: 60).Chunk(1 + (i % 5)))
            {
                var now = part[^1].OccurredAt + TimeSpan.FromSeconds(1);
                shop.Time.Set(now);
                folds[i].Observe(part, now);
                var reply = await grain.ObserveAsync(new EventBatch { Events = part });
                Assert.All(reply.Outcomes, static outcome => Assert.Equal(EventOutcome.Accepted, outcome));
            }

            silos.Add((await shop.SiloOfAsync(grain)).ToString());
            await RequireSameAsync(grain, folds[i], folds[i].State.LastSeen + TimeSpan.FromSeconds(1));
        }

        Assert.Equal(2, silos.Count);
        Assert.Contains(folds, static fold => fold.Actions.Any());
        Assert.Contains(folds, static fold => fold.Decisions.Values.Any(static one => !one.IsAction));
    }

    [Fact]
    public async Task Grain_DeactivatedAndCalledAgain_KnowsWhatItKnew()
    {
        await using var shop = await TestShop.OpenAsync(hasIndex: false);
        var customer = CustomerId.FromVisitor("passing-by");
        var fold = new DirectFold(customer, shop.Customers);
        var events = Scenario.Of(customer, seed: 77, count: 40);
        var grain = shop.Customer(customer);
        foreach (var part in events.Chunk(10))
        {
            var now = part[^1].OccurredAt;
            shop.Time.Set(now);
            fold.Observe(part, now);
            await grain.ObserveAsync(new EventBatch { Events = part });
            await shop.Cluster.DeactivateAsync(grain);
        }

        await RequireSameAsync(grain, fold, events[^1].OccurredAt);
        var again = await grain.ObserveAsync(new EventBatch { Events = [events[^1]] });
        Assert.Equal([EventOutcome.Duplicate], again.Outcomes);
    }

    [Fact]
    public async Task KilledSilo_StreamReplayed_OtherSiloContinuesWithNothingLostOrDoubled()
    {
        await using var shop = await TestShop.OpenAsync(
            grains: new CustomerGrainOptions { SaveAgeMax = TimeSpan.FromMinutes(10) }, hasIndex: false);
        var customer = CustomerId.FromUser("survivor");
        var fold = new DirectFold(customer, shop.Customers);
        var events = Calm(customer, count: 30);
        var end = events[^1].OccurredAt;
        shop.Time.Set(end);
        fold.Observe(events, end);
        var grain = shop.Customer(customer);
        await grain.ObserveAsync(TestShop.FromStream(events.Take(10), firstOffset: 100) with { MustBeSaved = true });
        var unsaved = await grain.ObserveAsync(TestShop.FromStream(events.Skip(10).Take(12), firstOffset: 110));
        Assert.False(unsaved.IsSaved);

        var home = shop.Cluster.GetSiloForAddress(await shop.SiloOfAsync(grain))!;
        await shop.Cluster.KillSiloAsync(home);
        await shop.Cluster.WaitForLivenessToStabilizeAsync(didKill: true);
        var replayed = await grain.ObserveAsync(TestShop.FromStream(events, firstOffset: 100) with { MustBeSaved = true });

        Assert.All(replayed.Outcomes.Take(10), static outcome => Assert.Equal(EventOutcome.Duplicate, outcome));
        Assert.All(replayed.Outcomes.Skip(10), static outcome => Assert.Equal(EventOutcome.Accepted, outcome));
        Assert.NotEqual(home.SiloAddress, await shop.SiloOfAsync(grain));
        await RequireSameAsync(grain, fold, end);
    }

    /// <summary>Events one after the other with no deadline between: how they are cut into batches then makes no difference.</summary>
    private static List<CustomerEvent> Calm(CustomerId customer, int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => Scenario.One(
            customer, i % 7 == 6 ? EventKind.OrderCompleted : i % 2 == 0 ? EventKind.ProductViewed : EventKind.CartAdded,
            Scenario.Start + TimeSpan.FromSeconds(10 * i), $"calm-{i}", product: i % 4)),
    ];

    private static async Task RequireSameAsync(ICustomerGrain grain, DirectFold fold, Instant now)
    {
        var expected = CustomerReplies.Insight(
            fold.State, fold.Maker, now, new ModelName(LinearScorer.Identity.ToString(), ""), static _ => null);
        var known = (await grain.GetInsightAsync())!;
        known = known with { LastDecisions = [.. known.LastDecisions.Select(static one => one with { Delivery = null })] };
        Assert.Equal(JsonSerializer.Serialize(expected), JsonSerializer.Serialize(known));
        Assert.Equal(CustomerReplies.CartRisk(fold.State), await grain.GetCartRiskAsync());
        var timeline = await grain.GetTimelineAsync(1000);
        Assert.Equal(fold.State.EventCount, timeline.Count(static item => item.Type == "event"));
        Assert.Equal(
            CustomerReplies.Timeline(fold.State, null, [], static _ => null, 1000).Where(static item => item.Type == "decision"),
            timeline.Where(static item => item.Type == "decision").Select(static item => item with { Detail = null }));
        foreach (var decision in fold.Decisions.Values.TakeLast(new CustomerGrainOptions().DecisionRecordsMax))
        {
            var why = await grain.WhyAsync(decision.Id);
            Assert.NotNull(why);
            Assert.Equal(Encoding.UTF8.GetString(decision.Record.Span), why.Record);
            Assert.Equal(decision.IsAction, why.Delivery != "none");
        }
    }
}
