using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Deadlines;
using RealtimeInsight.Orleans.Tests.Parts;

namespace RealtimeInsight.Orleans.Tests.Cluster;

/// <summary>Customers that are not active are called when something is due, whatever happened to the silo that knew of it.</summary>
public sealed class DeadlineTests
{
    private static readonly TimeSpan s_abandoned = new CustomerOptions().CartAbandonedAfter;

    [Fact]
    public async Task Deadline_CustomerInactive_IsCalledAndActsOnce()
    {
        await using var shop = await TestShop.OpenAsync();
        await LeaveCartAsync(shop, TestShop.Treated(1).Single());

        shop.Time.Set(Scenario.Start + s_abandoned);
        await shop.Channel.WaitForOneAsync();

        Assert.Single(shop.Channel.Messages);
    }

    [Fact]
    public async Task Deadline_MovedLater_EarlierEntryDoesNoHarm()
    {
        await using var shop = await TestShop.OpenAsync();
        var customer = TestShop.Treated(1).Single();
        await LeaveCartAsync(shop, customer);
        var later = Scenario.Start + TimeSpan.FromMinutes(14);
        await shop.Customer(customer).ObserveAsync(EventBatch.Of(Scenario.One(customer, EventKind.CartAdded, later, "more", product: 2)));
        await shop.Cluster.DeactivateAsync(shop.Customer(customer));

        shop.Time.Set(Scenario.Start + s_abandoned);
        await shop.Customer(customer).FlushAsync();
        Assert.Empty(shop.Channel.Messages);
        Assert.Equal("at_risk", (await shop.Customer(customer).GetInsightAsync())!.Cart!.State);
        await shop.Cluster.DeactivateAsync(shop.Customer(customer));
        shop.Time.Set(later + s_abandoned);
        await shop.Channel.WaitForOneAsync();

        Assert.Single(shop.Channel.Messages);
    }

    [Fact]
    public async Task KilledSilo_ManyCartsLeft_EachBringsItsActionOnceFromTheOther()
    {
        await using var shop = await TestShop.OpenAsync();
        var customers = TestShop.Treated(40);
        for (var i = 0; i < customers.Count; i++) await LeaveCartAsync(shop, customers[i], isDeactivated: i % 2 == 0);

        await shop.Cluster.KillSiloAsync(shop.Cluster.Silos[1]);
        shop.Time.Set(Scenario.Start + s_abandoned);
        for (var i = 0; i < customers.Count; i++) await shop.Channel.WaitForOneAsync();

        Assert.Equal(
            customers.Select(static one => one.Value).Order(StringComparer.Ordinal),
            shop.Channel.Messages.Select(static one => one.CustomerId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Deadline_ClusterWasDownForADay_FiresAtTheStart()
    {
        var storage = new SharedStorage();
        var customer = TestShop.Treated(1).Single();
        await using (var before = await TestShop.OpenAsync(storage: storage)) await LeaveCartAsync(before, customer);

        await using var after = await TestShop.OpenAsync(storage: storage, now: Scenario.Start + TimeSpan.FromDays(1));
        await after.Channel.WaitForOneAsync();

        Assert.Equal(customer.Value, Assert.Single(after.Channel.Messages).CustomerId);
    }

    [Fact]
    public async Task Deadline_IndexNotWritable_CustomerIsNotSavedBeforeIt()
    {
        await using var shop = await TestShop.OpenAsync();
        var customer = TestShop.Treated(1).Single();
        var batch = EventBatch.Of(Scenario.One(customer, EventKind.CartAdded, Scenario.Start, "add"));
        shop.Storage.FailNext(1, "deadlines");

        await Assert.ThrowsAnyAsync<Exception>(() => shop.Customer(customer).ObserveAsync(batch));
        Assert.Equal(0, shop.Storage.Writes);
        var again = await shop.Customer(customer).ObserveAsync(batch);

        Assert.True(again.IsSaved);
        Assert.Equal(1, shop.Storage.Writes);
    }

    [Fact]
    public async Task Slot_Over_TakesNothingMoreAndIsRunEmpty()
    {
        await using var shop = await TestShop.OpenAsync();
        var slot = DeadlineSlots.SlotOf(Scenario.Start);
        var grain = shop.Grains.GetGrain<IDeadlineSlotGrain>(DeadlineSlots.KeyOf(0, slot));
        Assert.True(await grain.PutAsync("somebody", Scenario.Start.UnixMs + 1));
        Assert.False(await grain.RunAsync());

        shop.Time.Set(new Instant(DeadlineSlots.EndMs(slot) + DeadlineSlots.GraceMs + 1));

        Assert.False(await grain.PutAsync("late", Scenario.Start.UnixMs + 1));
        Assert.True(await grain.RunAsync() || await grain.RunAsync());
        Assert.DoesNotContain(shop.Storage.Keys("deadlines"), key => key.EndsWith($"0/{slot}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deadline_RealTime_InactiveCustomerIsCalledSoon()
    {
        var spans = new CustomerOptions { CartAtRiskAfter = TimeSpan.FromSeconds(1), CartAbandonedAfter = TimeSpan.FromSeconds(2) };
        await using var shop = await TestShop.OpenAsync(spans, usesRealTime: true);
        var customer = TestShop.Treated(1).Single();
        var at = Instant.From(TimeProvider.System.GetUtcNow());
        await LeaveCartAsync(shop, customer, at: at);

        await shop.Channel.WaitForOneAsync();

        var late = Instant.From(TimeProvider.System.GetUtcNow()) - (at + spans.CartAbandonedAfter);
        Assert.InRange(late, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    private static async Task LeaveCartAsync(TestShop shop, CustomerId customer, bool isDeactivated = true, Instant? at = null)
    {
        var grain = shop.Customer(customer);
        await grain.ObserveAsync(EventBatch.Of(Scenario.One(customer, EventKind.CartAdded, at ?? Scenario.Start, "add")));
        if (isDeactivated) await shop.Cluster.DeactivateAsync(grain);
    }
}
