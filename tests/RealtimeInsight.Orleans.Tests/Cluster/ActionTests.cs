using System.Text.Json.Nodes;
using Orleans.Storage;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Tests.Parts;

namespace RealtimeInsight.Orleans.Tests.Cluster;

/// <summary>Deadlines, and actions that leave after the write that holds them.</summary>
public sealed class ActionTests
{
    private static readonly CustomerId s_customer = TestShop.Treated(1).Single();

    [Fact]
    public async Task Deadline_CartLeftAlone_FiresByTimerAndSendsOneAction()
    {
        var spans = new CustomerOptions { CartAtRiskAfter = TimeSpan.FromSeconds(1), CartAbandonedAfter = TimeSpan.FromSeconds(2) };
        await using var shop = await TestShop.OpenAsync(spans, usesRealTime: true);
        var grain = shop.Customer(s_customer);
        var at = Instant.From(TimeProvider.System.GetUtcNow());
        await grain.ObserveAsync(EventBatch.Of(Scenario.One(s_customer, EventKind.CartAdded, at, "add")));

        await shop.Channel.WaitForOneAsync();

        var message = Assert.Single(shop.Channel.Messages);
        var body = JsonNode.Parse(message.Body.Span)!;
        Assert.Equal(message.DecisionId, body["id"]!.GetValue<string>());
        Assert.Equal("win-back", body["data"]!["rule"]!.GetValue<string>());
        Assert.True(Instant.From(TimeProvider.System.GetUtcNow()) - at >= spans.CartAbandonedAfter);
        await grain.FlushAsync();
        await shop.Cluster.DeactivateAsync(grain);
        var why = await grain.WhyAsync(message.DecisionId);
        Assert.Equal(("delivered", 1), (why!.Delivery, why.Attempts));
        Assert.Equal("abandoned", (await grain.GetInsightAsync())!.Cart!.State);
        Assert.Single(shop.Channel.Messages);
    }

    [Fact]
    public async Task Deadline_PassedWhileInactive_FiresOnActivation()
    {
        await using var shop = await TestShop.OpenAsync();
        var grain = shop.Customer(s_customer);
        await grain.ObserveAsync(EventBatch.Of(Scenario.One(s_customer, EventKind.CartAdded, Scenario.Start, "add")));
        await shop.Cluster.DeactivateAsync(grain);
        shop.Time.Set(Scenario.Start + TimeSpan.FromHours(2));

        Assert.Equal("abandoned", (await grain.GetInsightAsync())!.Cart!.State);
        await shop.Channel.WaitForOneAsync();
        Assert.Single(shop.Channel.Messages);
    }

    [Fact]
    public async Task Delivery_ReceiverBusyTwice_IsTriedAgainUnderTheSameId()
    {
        await using var shop = await TestShop.OpenAsync(
            grains: new CustomerGrainOptions { DeliveryWaitMin = TimeSpan.FromMilliseconds(20) }, usesRealTime: true);
        shop.Channel.RefuseNext(2);
        var grain = shop.Customer(s_customer);
        var at = Instant.From(TimeProvider.System.GetUtcNow());
        await grain.ObserveAsync(EventBatch.Of(Scenario.One(s_customer, EventKind.OrderCompleted, at, "order")));

        for (var attempt = 0; attempt < 3; attempt++) await shop.Channel.WaitForOneAsync();

        Assert.Equal([1, 2, 3], shop.Channel.Messages.Select(static one => one.Attempt));
        var id = Assert.Single(shop.Channel.Messages.Select(static one => one.DecisionId).Distinct());
        Assert.Single(shop.Channel.Messages.Select(static one => Convert.ToHexString(one.Body.Span)).Distinct());
        Assert.Equal("delivered", (await grain.WhyAsync(id))!.Delivery);
    }

    [Fact]
    public async Task Save_Fails_NoActionLeavesUntilOneSucceeds()
    {
        await using var shop = await TestShop.OpenAsync(grains: new CustomerGrainOptions { SaveRetryWait = TimeSpan.FromMinutes(10) });
        var grain = shop.Customer(s_customer);
        var batch = EventBatch.Of(Scenario.One(s_customer, EventKind.OrderCompleted, Scenario.Start, "order"));
        shop.Storage.FailNext(1);

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => grain.ObserveAsync(batch));
        Assert.Contains("the storage does not answer", refused.ToString(), StringComparison.Ordinal);

        // A turn behind those that wait: none of them saves before the wait is over.
        Assert.Null(await grain.WhyAsync("none"));
        Assert.Equal(0, shop.Storage.Writes);
        Assert.Empty(shop.Channel.Messages);
        var again = await grain.ObserveAsync(batch);

        Assert.Equal([EventOutcome.Duplicate], again.Outcomes);
        Assert.True(again.IsSaved);
        await shop.Channel.WaitForOneAsync();
        Assert.Single(shop.Channel.Messages);
    }

    [Fact]
    public async Task Save_FailsForATimer_IsTriedAgain()
    {
        var spans = new CustomerOptions { CartAtRiskAfter = TimeSpan.FromSeconds(1), CartAbandonedAfter = TimeSpan.FromSeconds(2) };
        await using var shop = await TestShop.OpenAsync(
            spans, new CustomerGrainOptions { SaveRetryWait = TimeSpan.FromMilliseconds(50) }, usesRealTime: true);
        var at = Instant.From(TimeProvider.System.GetUtcNow());
        await shop.Customer(s_customer).ObserveAsync(EventBatch.Of(Scenario.One(s_customer, EventKind.CartAdded, at, "add")));
        shop.Storage.FailNext(3);

        await shop.Channel.WaitForOneAsync();

        Assert.Single(shop.Channel.Messages);
        Assert.Equal(0, shop.Storage.FailuresLeft);
    }

    [Fact]
    public async Task Save_RowWrittenByAnother_GivesWayAndReadsItAgain()
    {
        await using var shop = await TestShop.OpenAsync();
        var grain = shop.Customer(s_customer);
        await grain.ObserveAsync(EventBatch.Of(Scenario.One(s_customer, EventKind.PageViewed, Scenario.Start, "one")));
        shop.Storage.WriteBehindTheBack();
        var batch = EventBatch.Of(Scenario.One(s_customer, EventKind.PageViewed, Scenario.Start, "two"));

        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.ObserveAsync(batch));
        var again = await grain.ObserveAsync(batch);

        Assert.Equal([EventOutcome.Accepted], again.Outcomes);
        Assert.Equal(2, (await grain.GetInsightAsync())!.Events);
    }

    [Fact]
    public async Task KilledSilo_ActionNotYetDelivered_LeavesFromTheOther()
    {
        await using var shop = await TestShop.OpenAsync(
            grains: new CustomerGrainOptions { DeliveryWaitMin = TimeSpan.FromHours(1), DeliveryWaitMax = TimeSpan.FromHours(1) });
        shop.Channel.RefuseNext(1);
        var grain = shop.Customer(s_customer);
        await grain.ObserveAsync(EventBatch.Of(Scenario.One(s_customer, EventKind.OrderCompleted, Scenario.Start, "order")));
        await shop.Channel.WaitForOneAsync();
        await shop.Cluster.KillSiloAsync(shop.Cluster.GetSiloForAddress(await shop.SiloOfAsync(grain))!);
        await shop.Cluster.WaitForLivenessToStabilizeAsync(didKill: true);
        shop.Time.Set(Scenario.Start + TimeSpan.FromHours(2));

        await shop.Channel.WaitForOneAsync();

        Assert.Single(shop.Channel.Messages.Select(static one => one.DecisionId).Distinct());
    }
}
