using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Contracts.Replies;
using RealtimeInsight.Orleans.Tests.Parts;

namespace RealtimeInsight.Orleans.Tests.Cluster;

/// <summary>A merge taken back: each id has what was sent as it, before the merge and since.</summary>
public sealed class UnmergeTests(UnmergeTests.OpenShop open) : IClassFixture<UnmergeTests.OpenShop>
{
    private TestShop Shop => open.Shop;

    [Fact]
    public async Task Unmerge_GivesBackWhatWasSentAsTheId_AndItStaysApart()
    {
        var (user, visitor) = (CustomerId.FromUser("anna"), CustomerId.FromVisitor("anna"));
        await ObserveAsync(user, 0, 3);
        await Shop.Customer(visitor).ObserveAsync(TestShop.FromStream([MergeTests.View(visitor, 1)], 7));
        await Shop.Customer(user).MergeAsync(visitor.Value);
        await Shop.Customer(visitor).ObserveAsync(TestShop.FromStream([MergeTests.View(visitor, 4)], 8));
        await ObserveAsync(user, 5);

        Assert.Equal(MergeOutcome.Unmerged, (await Shop.Customer(user).UnmergeAsync(visitor.Value)).Outcome);

        await RequireEventsAsync(user, 3, mergedInto: null);
        await RequireEventsAsync(visitor, 2, mergedInto: null);
        var replayed = await Shop.Customer(visitor).ObserveAsync(
            TestShop.FromStream([MergeTests.View(visitor, 1), MergeTests.View(visitor, 4), MergeTests.View(visitor, 6)], 7));
        Assert.Equal([EventOutcome.Duplicate, EventOutcome.Duplicate, EventOutcome.Accepted], replayed.Outcomes);
        await Shop.Customer(user).ObserveAsync(EventBatch.Of(MergeTests.View(user, 7) with { Visitor = visitor }));
        await RequireEventsAsync(visitor, 3, mergedInto: null);
        Assert.Equal(MergeOutcome.NothingToDo, (await Shop.Customer(user).UnmergeAsync(visitor.Value)).Outcome);

        Assert.Equal(MergeOutcome.Merged, (await Shop.Customer(user).MergeAsync(visitor.Value)).Outcome);
        await RequireEventsAsync(visitor, 7, mergedInto: user.Value);
    }

    [Fact]
    public async Task Unmerge_OfAnIdWithinAMergedOne_ComesOutInTheOppositeOrder()
    {
        var ids = Enumerable.Range(0, 3).Select(static i => CustomerId.FromUser($"nested-{i}")).ToArray();
        foreach (var id in ids) await ObserveAsync(id, 0);
        await Shop.Customer(ids[1]).MergeAsync(ids[0].Value);
        await Shop.Customer(ids[2]).MergeAsync(ids[1].Value);
        await ObserveAsync(ids[0], 1);
        await RequireEventsAsync(ids[0], 4, mergedInto: ids[2].Value);

        var first = await Shop.Customer(ids[2]).UnmergeAsync(ids[0].Value);
        Assert.Equal((MergeOutcome.BelongsToAnother, ids[1].Value), (first.Outcome, first.CustomerId));
        Assert.Equal(MergeOutcome.Unmerged, (await Shop.Customer(ids[2]).UnmergeAsync(ids[1].Value)).Outcome);
        await RequireEventsAsync(ids[2], 1, mergedInto: null);
        await RequireEventsAsync(ids[0], 3, mergedInto: ids[1].Value);
        Assert.Equal(MergeOutcome.Unmerged, (await Shop.Customer(ids[1]).UnmergeAsync(ids[0].Value)).Outcome);

        await RequireEventsAsync(ids[0], 2, mergedInto: null);
        await RequireEventsAsync(ids[1], 1, mergedInto: null);
    }

    [Fact]
    public async Task Merge_OfWhatBelongsToAnother_IsUnknownOrItself_SaysSo()
    {
        var ids = Enumerable.Range(0, 3).Select(static i => CustomerId.FromUser($"said-{i}")).ToArray();
        foreach (var id in ids) await ObserveAsync(id, 0);
        await Shop.Customer(ids[1]).MergeAsync(ids[0].Value);

        var other = await Shop.Customer(ids[2]).MergeAsync(ids[0].Value);
        Assert.Equal((MergeOutcome.BelongsToAnother, ids[1].Value), (other.Outcome, other.CustomerId));
        Assert.Equal(MergeOutcome.NothingToDo, (await Shop.Customer(ids[0]).MergeAsync(ids[1].Value)).Outcome);
        Assert.Equal(MergeOutcome.Unknown, (await Shop.Customer(ids[2]).MergeAsync("never-seen")).Outcome);
        Assert.Equal(MergeOutcome.NothingToDo, (await Shop.Customer(ids[2]).UnmergeAsync("never-seen")).Outcome);
    }

    [Fact]
    public async Task Unmerge_WhileTheIdsEventsCome_LosesNone()
    {
        var (user, visitor) = (CustomerId.FromUser("both"), CustomerId.FromVisitor("both"));
        await ObserveAsync(user, 0);
        await ObserveAsync(visitor, 0);
        for (var round = 0; round < 10; round++)
        {
            await Shop.Customer(user).MergeAsync(visitor.Value);
            var events = Enumerable.Range(0, 10).Select(i => ObserveAsync(visitor, 1 + (round * 10) + i)).ToList();
            var parted = Shop.Customer(user).UnmergeAsync(visitor.Value);
            await Task.WhenAll([.. events, parted]).WaitAsync(TimeSpan.FromSeconds(25));
            Assert.Equal(MergeOutcome.Unmerged, (await parted).Outcome);
        }

        await RequireEventsAsync(user, 1, mergedInto: null);
        await RequireEventsAsync(visitor, 101, mergedInto: null);
    }

    [Fact]
    public async Task KilledSilo_BetweenTheStepsOfAnUnmerge_TheIdTakesItsHistoryBack()
    {
        await using var shop = await TestShop.OpenAsync();
        var (user, visitor) = await MergeTests.OnDifferentSilosAsync(shop);
        await shop.Customer(user).MergeAsync(visitor.Value);
        await shop.Customer(visitor).FlushAsync();
        var held = shop.Storage.HoldNext(visitor.Value);
        var parting = shop.Customer(user).UnmergeAsync(visitor.Value);
        await held.Reached;

        await shop.Cluster.KillSiloAsync(shop.Cluster.GetSiloForAddress(await shop.SiloOfAsync(shop.Customer(visitor)))!);
        held.BreakOff();
        await Record.ExceptionAsync(() => parting);
        await shop.Cluster.WaitForLivenessToStabilizeAsync(didKill: true);
        var next = await shop.Customer(visitor).ObserveAsync(EventBatch.Of(MergeTests.View(visitor, 9)));

        Assert.Equal([EventOutcome.Accepted], next.Outcomes);
        var insight = await shop.Customer(visitor).GetInsightAsync();
        Assert.Equal((2L, null), (insight!.Events, insight.MergedInto));
        Assert.Equal(1, (await shop.Customer(user).GetInsightAsync())!.Events);
    }

    private async Task ObserveAsync(CustomerId id, params int[] minutes)
    {
        var batch = new EventBatch { Events = [.. minutes.Select(minute => MergeTests.View(id, minute))] };
        var reply = await Shop.Customer(id).ObserveAsync(batch);
        Assert.All(reply.Outcomes, static outcome => Assert.Equal(EventOutcome.Accepted, outcome));
    }

    private async Task RequireEventsAsync(CustomerId id, long count, string? mergedInto)
    {
        var insight = await Shop.Customer(id).GetInsightAsync();
        Assert.Equal((count, mergedInto), (insight!.Events, insight.MergedInto));
    }

    /// <summary>The cluster that these tests share.</summary>
    public sealed class OpenShop : IAsyncLifetime
    {
        internal TestShop Shop { get; private set; } = null!;

        public async Task InitializeAsync() => Shop = await TestShop.OpenAsync();

        public async Task DisposeAsync() => await Shop.DisposeAsync();
    }
}
