using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Erasing;
using RealtimeInsight.Orleans.Merging;
using RealtimeInsight.Orleans.Tests.Parts;
using EventOutcome = RealtimeInsight.Orleans.Contracts.Events.EventOutcome;
using MergeOutcome = RealtimeInsight.Orleans.Contracts.Replies.MergeOutcome;

namespace RealtimeInsight.Orleans.Tests.Cluster;

/// <summary>What is left in a cluster of a customer that was erased.</summary>
public sealed class ErasureTests
{
    private const string Name = "greta";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private static readonly CustomerId s_user = Enumerable.Range(0, 100).Select(static i => CustomerId.FromUser($"{Name}-{i}"))
        .First(static id => !new DecisionMaker(Scenario.Policy).IsHeldOut(id));
    private static readonly CustomerId s_phone = CustomerId.FromVisitor($"{Name}-phone");
    private static readonly CustomerId s_laptop = CustomerId.FromVisitor($"{Name}-laptop");

    [Fact]
    public async Task Erase_Customer_LeavesNothingInTheRowsButTheDeadlineIndex()
    {
        await using var shop = await WithCustomerAsync();
        Assert.Contains(shop.Storage.Holding(Name), static key => key.StartsWith("decision/", StringComparison.Ordinal));

        var erased = await EraseAsync(shop, s_laptop);

        var attempts = shop.Channel.Messages.Count;
        Assert.Equal(new ErasureResult(3, 5, 3, 1, 1), erased);
        await RequireGoneAsync(shop);
        shop.Time.Set(At(3000));
        foreach (var id in Ids) await shop.Customer(id).FlushAsync();
        Assert.Equal(attempts, shop.Channel.Messages.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Erase_WriteOfAnIdFails_IsUnavailable_AndDoneWhenItIsAskedForAgain(int failing)
    {
        await using var shop = await WithCustomerAsync();
        var held = shop.Storage.HoldNext(Ids[failing].Value);
        var erasing = EraseAsync(shop, s_laptop);
        await held.Reached;
        held.BreakOff();
        await Assert.ThrowsAsync<EngineUnavailableException>(() => erasing);

        await EraseAsync(shop, s_laptop);

        await RequireGoneAsync(shop);
    }

    [Fact]
    public async Task Erase_WhileEventsOfItsIdsCome_HoldsNobodyUp_AndAnotherOneEndsIt()
    {
        await using var shop = await WithCustomerAsync();
        var calls = new List<Task>();
        for (var i = 0; i < 20; i++)
        {
            calls.Add(shop.Customer(s_phone).ObserveAsync(EventBatch.Of(MergeTests.View(s_phone, 50 + i))));
            calls.Add(shop.Customer(s_user).ObserveAsync(EventBatch.Of(MergeTests.View(s_user, 50 + i) with { Visitor = s_laptop })));
            if (i % 5 == 0) calls.Add(EraseAsync(shop, s_phone));
            if (i % 5 == 1) calls.Add(shop.Customer(s_user).EraseAsync());
        }

        await Task.WhenAll(calls).WaitAsync(s_patience);

        foreach (var id in Ids) await EraseAsync(shop, id);
        await RequireGoneAsync(shop);
    }

    [Fact]
    public async Task Erase_HistoryWasGivenAndNotTaken_IsForgottenWhenItIsOffered()
    {
        await using var shop = await WithCustomerAsync();
        var tablet = CustomerId.FromVisitor($"{Name}-tablet");
        await shop.Customer(tablet).ObserveAsync(EventBatch.Of(MergeTests.View(tablet, 20)));
        var given = await shop.Grains.GetGrain<ICustomerMergeGrain>(tablet.Value)
            .GiveAsync(new GiveRequest(s_user.Value, GiveCause.Request));
        Assert.Equal(GiveOutcome.Given, given.Outcome);

        await EraseAsync(shop, s_user);

        Assert.Null(await shop.Customer(tablet).GetInsightAsync());
        Assert.Equal(tablet.Value, await shop.Grains.GetGrain<ICustomerMergeGrain>(tablet.Value).RootAsync());
        Assert.Equal([EventOutcome.Duplicate], await ObserveAsync(shop, MergeTests.View(tablet, 20)));
        await RequireGoneAsync(shop);
    }

    [Fact]
    public async Task Erase_HistoryWasGivenAndNotTaken_IsNotAskedForAgain()
    {
        await using var shop = await WithCustomerAsync();
        var tablet = CustomerId.FromVisitor($"{Name}-tablet");
        await shop.Customer(tablet).ObserveAsync(EventBatch.Of(MergeTests.View(tablet, 20)));
        await shop.Grains.GetGrain<ICustomerMergeGrain>(tablet.Value).GiveAsync(new GiveRequest(s_user.Value, GiveCause.Request));
        await EraseAsync(shop, s_user);
        shop.Time.Set(At(101));

        Assert.Equal([EventOutcome.Accepted], await ObserveAsync(shop, MergeTests.View(s_user, 101) with { Visitor = tablet }));

        Assert.Null(await shop.Customer(tablet).GetInsightAsync());
        Assert.Equal([EventOutcome.Duplicate], await ObserveAsync(shop, MergeTests.View(tablet, 20)));
        Assert.Equal(1, (await shop.Customer(s_user).GetInsightAsync())!.Events);
    }

    [Fact]
    public async Task Erase_CutOffBetweenIds_MergedIdIsLetGoByItsNextEvent()
    {
        await using var shop = await WithCustomerAsync();
        var tablet = CustomerId.FromVisitor($"{Name}-tablet");
        await shop.Customer(tablet).ObserveAsync(EventBatch.Of(MergeTests.View(tablet, 20)));
        var other = CustomerId.FromUser("other");
        await shop.Customer(other).ObserveAsync(EventBatch.Of(MergeTests.View(other, 20)));
        Assert.Equal(MergeOutcome.Merged, (await shop.Customer(other).MergeAsync(tablet.Value)).Outcome);
        Assert.Equal(MergeOutcome.Merged, (await shop.Customer(s_user).MergeAsync(other.Value)).Outcome);
        var look = await shop.Grains.GetGrain<ICustomerErasureGrain>(s_user.Value).LookAsync();
        await shop.Grains.GetGrain<ICustomerErasureGrain>(other.Value).ReleaseAsync(look.Releases.Single(one => one.To == other.Value));

        Assert.Equal([EventOutcome.Duplicate], await ObserveAsync(shop, MergeTests.View(tablet, 20)));
        shop.Time.Set(At(101));
        Assert.Equal([EventOutcome.Accepted], await ObserveAsync(shop, MergeTests.View(tablet, 101)));

        Assert.Equal(1, (await shop.Customer(tablet).GetInsightAsync())!.Events);
        Assert.Null((await shop.Customer(tablet).GetInsightAsync())!.MergedInto);
    }

    [Fact]
    public async Task Erase_OfAnIdThatIsBeingParted_IsNotOfItsFormerCustomer()
    {
        await using var shop = await WithCustomerAsync();
        var step = await shop.Grains.GetGrain<ICustomerMergeGrain>(s_user.Value).PartInTurnAsync(s_phone.Value);
        Assert.Equal(MergeOutcome.Unmerged, step.Reply!.Outcome);

        Assert.Equal(1, (await EraseAsync(shop, s_phone))!.Ids);

        Assert.Null(await shop.Customer(s_phone).GetInsightAsync());
        Assert.Equal(4, (await shop.Customer(s_user).GetInsightAsync())!.Events);
    }

    private static CustomerId[] Ids => [s_phone, s_user, s_laptop];

    private static Instant At(int minute) => Scenario.Start + TimeSpan.FromMinutes(minute);

    /// <summary>
    /// A customer with two visitors, five events, a pending action and a reject, erased at minute 100. Nothing is saved by age: what is
    /// written is what an erasure writes.
    /// </summary>
    private static async Task<TestShop> WithCustomerAsync()
    {
        var shop = await TestShop.OpenAsync(grains: new CustomerGrainOptions { SaveAgeMax = TimeSpan.FromMinutes(5) }, hasIndex: false);
        shop.Channel.Answer = static _ => new DeliveryResult(DeliveryStatus.Retry, 503, "busy");
        shop.Time.Set(At(10));
        await ObserveAsync(shop, MergeTests.View(s_phone, 0));
        await ObserveAsync(shop, MergeTests.View(s_laptop, 1));
        foreach (var visitor in new[] { s_phone, s_laptop }) await shop.Customer(s_user).MergeAsync(visitor.Value);
        await ObserveAsync(shop, MergeTests.View(s_user, 2), MergeTests.View(s_user, 3));
        await ObserveAsync(shop, Scenario.One(s_user, EventKind.OrderCompleted, At(10), "order"));
        await shop.Channel.WaitForOneAsync();
        var reject = new RejectedItem(At(10), "http", 0, "bad", "m", $$"""{"userId":"{{s_user.Value}}"}""");
        await shop.Engine.IngestAsync(new IngestBatch([], [reject]), CancellationToken.None);
        shop.Time.Set(At(100));
        return shop;
    }

    private static async Task RequireGoneAsync(TestShop shop)
    {
        Assert.DoesNotContain(shop.Storage.Holding(Name), static key => !key.StartsWith("deadlines/", StringComparison.Ordinal));
        foreach (var id in Ids)
        {
            Assert.Equal([EventOutcome.Duplicate], await ObserveAsync(shop, MergeTests.View(id, 3)));
            Assert.Null(await shop.Customer(id).GetInsightAsync());
            Assert.Equal(id.Value, await shop.Grains.GetGrain<ICustomerMergeGrain>(id.Value).RootAsync());
        }
    }

    private static Task<ErasureResult?> EraseAsync(TestShop shop, CustomerId id) =>
        shop.Engine.EraseAsync(id, CancellationToken.None).AsTask().WaitAsync(s_patience);

    private static async Task<EventOutcome[]> ObserveAsync(TestShop shop, params CustomerEvent[] events) =>
        (await shop.Customer(events[0].Customer).ObserveAsync(EventBatch.Of(events))).Outcomes;
}
