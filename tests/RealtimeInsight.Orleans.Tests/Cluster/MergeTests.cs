using System.Text.Json;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Contracts.Replies;
using RealtimeInsight.Orleans.Grains;
using RealtimeInsight.Orleans.Tests.Parts;

namespace RealtimeInsight.Orleans.Tests.Cluster;

/// <summary>Two customers that are one: what the grains make of them is the Domain's fold of both histories.</summary>
public sealed class MergeTests
{
    private static readonly Domain.Decisions.DecisionMaker s_maker = new(Scenario.Policy);

    [Fact]
    public async Task Merge_TwoHistories_GiveTheFoldOfTheirUnion()
    {
        await using var shop = await TestShop.OpenAsync(hasIndex: false);
        for (var seed = 0; seed < 12; seed++)
        {
            var (user, visitor) = (CustomerId.FromUser($"union-{seed}"), CustomerId.FromVisitor($"union-{seed}"));
            var own = Scenario.Of(user, seed, count: 5 * (seed % 4));
            var taken = Scenario.Of(visitor, seed + 100, count: 10 + seed);
            var end = own.Concat(taken).Max(static item => item.OccurredAt);
            shop.Time.Set(end);
            if (own.Count > 0) await shop.Customer(user).ObserveAsync(new EventBatch { Events = [.. own] });
            await shop.Customer(visitor).ObserveAsync(new EventBatch { Events = [.. taken] });

            Assert.Equal(
                new MergeReply(MergeOutcome.Merged, user.Value).ToString(),
                (await shop.Customer(user).MergeAsync(visitor.Value)).ToString());
            await RequireUnionAsync(shop, user, [.. own, .. taken], end);

            await shop.Customer(user).FlushAsync();
            await shop.Cluster.DeactivateAsync(shop.Customer(user));
            await RequireUnionAsync(shop, user, [.. own, .. taken], end);
            Assert.Equal(user.Value, (await shop.Customer(visitor).GetInsightAsync())!.MergedInto);
            Assert.Equal(MergeOutcome.AlreadyMerged, (await shop.Customer(user).MergeAsync(visitor.Value)).Outcome);
        }
    }

    [Fact]
    public async Task Event_NamesBothIds_MergesAtThatEventAndForwardsWhatComesLater()
    {
        await using var shop = await TestShop.OpenAsync();
        var (user, visitor) = (CustomerId.FromUser("anna"), CustomerId.FromVisitor("v"));
        await shop.Customer(visitor).ObserveAsync(TestShop.FromStream([View(visitor, 0), View(visitor, 1)], 10));
        var identify = Scenario.One(user, EventKind.Identified, At(2), "who") with { Visitor = visitor };
        await shop.Customer(user).ObserveAsync(TestShop.FromStream([View(user, -1), identify], 20));

        var forwarded = await shop.Customer(visitor).ObserveAsync(TestShop.FromStream([View(visitor, 1), View(visitor, 3)], 11));
        var again = await shop.Customer(visitor).ObserveAsync(EventBatch.Of(View(visitor, 0), View(visitor, 4)));

        Assert.Equal([EventOutcome.Duplicate, EventOutcome.Accepted], forwarded.Outcomes);
        Assert.Equal([EventOutcome.Duplicate, EventOutcome.Accepted], again.Outcomes);
        var insight = await shop.Customer(user).GetInsightAsync();
        Assert.Equal((6L, At(-1).ToDateTimeOffset(), (string?)null), (insight!.Events, insight.FirstSeen, insight.MergedInto));
        Assert.Equal(6L, (await shop.Customer(visitor).GetInsightAsync())!.Events);
        Assert.Equal(
            EventOutcome.Accepted,
            await shop.Customer(visitor).OrderPlacedAsync(new OrderPlaced
            {
                OrderId = "o1", PlacedAt = At(5).ToDateTimeOffset(), Lines = [new OrderLine("p1", 1, 10m)],
            }));
        Assert.Equal(1, (await shop.Customer(user).GetInsightAsync())!.Orders.Orders);
    }

    [Fact]
    public async Task Merge_BothWaysAtOnceAndInACircle_SettlesToOneCustomer()
    {
        await using var shop = await TestShop.OpenAsync(hasIndex: false);
        for (var round = 0; round < 15; round++)
        {
            var ids = Enumerable.Range(0, 3).Select(i => CustomerId.FromUser($"circle-{round}-{i}")).ToArray();
            foreach (var id in ids) await shop.Customer(id).ObserveAsync(EventBatch.Of(View(id, 0)));

            // A takes B, B takes C, C takes A, and each the other way round: without order each waits for the next.
            var asked = Enumerable.Range(0, 3).SelectMany(i => (Task<MergeReply>[])
                [shop.Customer(ids[i]).MergeAsync(ids[(i + 1) % 3].Value), shop.Customer(ids[(i + 1) % 3]).MergeAsync(ids[i].Value)]);
            await Task.WhenAll(asked).WaitAsync(TimeSpan.FromSeconds(25));

            foreach (var id in ids) Assert.Equal(3, (await shop.Customer(id).GetInsightAsync())!.Events);
        }
    }

    [Fact]
    public async Task Merge_VisitorsEventsAtTheSameTime_AreAllThereOnce()
    {
        await using var shop = await TestShop.OpenAsync();
        var (user, visitor) = (CustomerId.FromUser("busy"), CustomerId.FromVisitor("busy"));
        var calls = new List<Task<ObserveReply>>();
        for (var i = 0; i < 40; i++)
        {
            calls.Add(shop.Customer(visitor).ObserveAsync(EventBatch.Of(View(visitor, i))));
            calls.Add(shop.Customer(user).ObserveAsync(EventBatch.Of(View(user, i) with { Visitor = visitor })));
        }

        var replies = await Task.WhenAll(calls).WaitAsync(TimeSpan.FromSeconds(25));

        Assert.All(replies, static reply => Assert.Equal([EventOutcome.Accepted], reply.Outcomes));
        Assert.Equal(80, (await shop.Customer(user).GetInsightAsync())!.Events);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task KilledSilo_BetweenTheStepsOfAMerge_TheOtherFinishesIt(bool isKilledByTheTaker)
    {
        await using var shop = await TestShop.OpenAsync();
        var (user, visitor) = await OnDifferentSilosAsync(shop);
        var held = shop.Storage.HoldNext(user.Value);
        var merging = shop.Customer(user).MergeAsync(visitor.Value);
        await held.Reached;

        var gone = shop.Cluster.GetSiloForAddress(await shop.SiloOfAsync(shop.Customer(isKilledByTheTaker ? user : visitor)))!;
        await shop.Cluster.KillSiloAsync(gone);
        if (isKilledByTheTaker) held.BreakOff();
        else held.LetGo();
        await Record.ExceptionAsync(() => merging);
        await shop.Cluster.WaitForLivenessToStabilizeAsync(didKill: true);

        // Whoever is asked first: the merge is finished before it answers.
        Assert.Equal(2, (await shop.Customer(visitor).GetInsightAsync())!.Events);
        Assert.Equal(2, (await shop.Customer(user).GetInsightAsync())!.Events);
        Assert.Equal(MergeOutcome.AlreadyMerged, (await shop.Customer(user).MergeAsync(visitor.Value)).Outcome);
    }

    [Fact]
    public async Task KilledSilo_BetweenTheSteps_IsFinishedWithoutACall()
    {
        await using var shop = await TestShop.OpenAsync();
        var (user, visitor) = await OnDifferentSilosAsync(shop);
        var held = shop.Storage.HoldNext(user.Value);
        var merging = shop.Customer(user).MergeAsync(visitor.Value);
        await held.Reached;
        await shop.Cluster.KillSiloAsync(shop.Cluster.GetSiloForAddress(await shop.SiloOfAsync(shop.Customer(user)))!);
        var taken = shop.Storage.HoldNext(user.Value);
        held.BreakOff();
        await Record.ExceptionAsync(() => merging);
        shop.Time.Set(Scenario.Start + TimeSpan.FromMinutes(1));

        await taken.Reached;
        taken.LetGo();

        Assert.Equal(2, (await shop.Customer(user).GetInsightAsync())!.Events);
    }

    [Fact]
    public async Task Merge_ActionOfTheVisitorUndelivered_LeavesOnceAsTheVisitors()
    {
        await using var shop = await TestShop.OpenAsync(
            grains: new CustomerGrainOptions { DeliveryWaitMin = TimeSpan.FromHours(1), DeliveryWaitMax = TimeSpan.FromHours(1) });
        var visitor = Enumerable.Range(0, 100).Select(static i => CustomerId.FromVisitor($"buyer-{i}")).First(id => !s_maker.IsHeldOut(id));
        var user = CustomerId.FromUser("buyer");
        shop.Channel.RefuseNext(1);
        await shop.Customer(visitor).ObserveAsync(EventBatch.Of(Scenario.One(visitor, EventKind.OrderCompleted, Scenario.Start, "order")));
        await shop.Channel.WaitForOneAsync();

        await shop.Customer(user).MergeAsync(visitor.Value);
        shop.Time.Set(Scenario.Start + TimeSpan.FromHours(2));
        await shop.Channel.WaitForOneAsync();

        Assert.Equal(2, shop.Channel.Messages.Count);
        var id = Assert.Single(shop.Channel.Messages.Select(static one => one.DecisionId).Distinct());
        Assert.All(shop.Channel.Messages, one => Assert.Equal(visitor.Value, one.CustomerId));
        Assert.Equal("delivered", (await shop.Customer(visitor).WhyAsync(id))!.Delivery);
    }

    [Fact]
    public async Task Merge_HistoryTooLongToBeKept_JoinsTheStates()
    {
        await using var shop = await TestShop.OpenAsync(grains: new CustomerGrainOptions { HistoryBytesMax = 500 });
        var (user, visitor) = (CustomerId.FromUser("long"), CustomerId.FromVisitor("long"));
        await shop.Customer(user).ObserveAsync(new EventBatch { Events = [.. Enumerable.Range(0, 20).Select(i => View(user, i))] });
        await shop.Customer(visitor).ObserveAsync(EventBatch.Of(View(visitor, 5)));

        Assert.Equal(MergeOutcome.Merged, (await shop.Customer(user).MergeAsync(visitor.Value)).Outcome);

        Assert.Equal(21, (await shop.Customer(user).GetInsightAsync())!.Events);
        Assert.Equal(MergeOutcome.TooLong, (await shop.Customer(user).UnmergeAsync(visitor.Value)).Outcome);
    }

    [Fact]
    public async Task Erase_OfAMergedId_ForgetsTheCustomerAndWhatIsReplayed()
    {
        await using var shop = await TestShop.OpenAsync();
        var (user, visitor) = (CustomerId.FromUser("gone"), CustomerId.FromVisitor("gone"));
        var batch = TestShop.FromStream([View(visitor, 0), View(visitor, 1)], 5);
        await shop.Customer(visitor).ObserveAsync(batch);
        await shop.Customer(user).MergeAsync(visitor.Value);

        await shop.Customer(visitor).EraseAsync();

        Assert.Null(await shop.Customer(user).GetInsightAsync());
        Assert.Equal([EventOutcome.Duplicate, EventOutcome.Duplicate], (await shop.Customer(visitor).ObserveAsync(batch)).Outcomes);
        Assert.Null(await shop.Customer(visitor).GetInsightAsync());
    }

    internal static CustomerEvent View(CustomerId id, int minute) =>
        Scenario.One(id, EventKind.ProductViewed, At(minute), $"{id.Value}-{minute}");

    internal static Instant At(int minute) => Scenario.Start + TimeSpan.FromMinutes(minute);

    /// <summary>A customer and a visitor with one saved event each, not on the same silo.</summary>
    internal static async Task<(CustomerId User, CustomerId Visitor)> OnDifferentSilosAsync(TestShop shop)
    {
        var user = CustomerId.FromUser("somebody");
        await shop.Customer(user).ObserveAsync(EventBatch.Of(View(user, 0)));
        var home = await shop.SiloOfAsync(shop.Customer(user));
        for (var i = 0; ; i++)
        {
            var visitor = CustomerId.FromVisitor($"elsewhere-{i}");
            await shop.Customer(visitor).ObserveAsync(EventBatch.Of(View(visitor, 1)));
            if (!(await shop.SiloOfAsync(shop.Customer(visitor))).Equals(home)) return (user, visitor);
        }
    }

    /// <summary>Everything but the decisions, which depend on when they were made, and the scores.</summary>
    private static async Task RequireUnionAsync(TestShop shop, CustomerId user, List<CustomerEvent> events, Instant now)
    {
        var machine = new CustomerMachine(shop.Customers);
        var union = HistoryUnion.Fold(machine, user, HistoryUnion.Sort(
            events.Select(static (item, arrival) => (new UnionEvent(item, IsTaken: false), (long)arrival))));
        machine.AdvanceTo(union.State, now, new EffectBuffer());
        var known = (await shop.Customer(user).GetInsightAsync())!;
        Assert.Equal(Plain(CustomerReplies.Insight(union.State, s_maker, now, default, static _ => null)), Plain(known));
        Assert.NotNull(known.Scores);
        var timeline = await shop.Customer(user).GetTimelineAsync(1000);
        Assert.Equal(events.Count, timeline.Count(static item => item.Type == "event"));
    }

    private static string Plain(InsightReply reply) => JsonSerializer.Serialize(reply with
    {
        LastDecisions = [], Scores = null, Segments = [], AsOf = default, Orders = reply.Orders with { RecencySeconds = null },
    });
}
