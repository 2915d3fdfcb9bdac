using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Tests.Parts;

namespace RealtimeInsight.Orleans.Tests.Cluster;

/// <summary>Actions that were given up, on more than one silo.</summary>
public sealed class DeadLetterTests
{
    private static readonly DeadLetterFilter s_all = new();
    private static readonly DeliveryResult s_refused = new(DeliveryStatus.Failed, 400, "refused");

    [Fact]
    public async Task KilledSilo_WhileActionsDie_ListsEveryLetterOnceAndSendsEveryOne()
    {
        await using var shop = await TestShop.OpenAsync();
        shop.Channel.Answer = static _ => s_refused;
        var customers = TestShop.Treated(24);
        var dying = Task.WhenAll(customers.Select(customer => OrderAsync(shop, customer)));
        for (var i = 0; i < 4; i++) await shop.Channel.WaitForOneAsync();
        await shop.Cluster.KillSiloAsync(shop.Cluster.Silos[1]);
        await dying;
        await shop.Cluster.WaitForLivenessToStabilizeAsync(didKill: true);
        foreach (var customer in customers) await OrderAsync(shop, customer);

        // What the killed silo had not told, the deadline index brings.
        shop.Time.Set(Scenario.Start + TimeSpan.FromHours(1));
        for (var i = 0; i < customers.Count; i++) await shop.Storage.WaitForDeadAsync();

        var listed = (await shop.Engine.Delivery.ListAsync(s_all, 1000, null, CancellationToken.None)).Items;
        Assert.Equal(customers.Select(static one => one.Value).Order(), listed.Select(static one => one.CustomerId).Order());
        shop.Channel.Answer = static _ => DeliveryResult.Delivered;
        Assert.Equal(customers.Count, await shop.Engine.Delivery.RedriveAsync(s_all, 1000, CancellationToken.None));
        Assert.Empty((await shop.Engine.Delivery.ListAsync(s_all, 1000, null, CancellationToken.None)).Items);
    }

    [Fact]
    public async Task Letters_OfAVisitorWhoIsMergedAndParted_StayWithWhomTheyWereFor()
    {
        await using var shop = await TestShop.OpenAsync();
        shop.Channel.Answer = static _ => s_refused;
        var (customer, other) = (TestShop.Treated(2)[0], TestShop.Treated(2)[1]);
        await OrderAsync(shop, other);
        await shop.Storage.WaitForDeadAsync();
        await OrderAsync(shop, customer);
        await shop.Storage.WaitForDeadAsync();
        var delivery = shop.Engine.Delivery;
        var letter = (await delivery.ListAsync(s_all, 9, null, CancellationToken.None)).Items.Single(one => one.CustomerId == other.Value);

        await shop.Engine.MergeAsync(customer, other, CancellationToken.None);
        var merged = await delivery.FindAsync(letter.DecisionId, CancellationToken.None);
        Assert.Equal(letter, merged!.Letter);
        await shop.Engine.UnmergeAsync(customer, other, CancellationToken.None);
        Assert.Equal(letter, (await delivery.FindAsync(letter.DecisionId, CancellationToken.None))!.Letter);

        await shop.Customer(other).EraseAsync();
        var left = Assert.Single((await delivery.ListAsync(s_all, 9, null, CancellationToken.None)).Items);
        Assert.Equal(customer.Value, left.CustomerId);
        Assert.Null(await delivery.FindAsync(letter.DecisionId, CancellationToken.None));
        Assert.False(await delivery.RedriveAsync(letter.DecisionId, CancellationToken.None));
    }

    [Fact]
    public async Task List_CannotBeWritten_IsToldLater()
    {
        await using var shop = await TestShop.OpenAsync(
            grains: new CustomerGrainOptions { SaveRetryWait = TimeSpan.FromMilliseconds(20) });
        shop.Channel.Answer = static _ => s_refused;
        shop.Storage.FailNext(3, "dead-letters");

        await OrderAsync(shop, TestShop.Treated(1)[0]);
        await shop.Storage.WaitForDeadAsync();

        Assert.Equal(0, shop.Storage.FailuresLeft);
        Assert.Single((await shop.Engine.Delivery.ListAsync(s_all, 9, null, CancellationToken.None)).Items);
    }

    [Fact]
    public async Task Letters_MoreThanACustomerMayHave_LoseTheOldest()
    {
        await using var shop = await TestShop.OpenAsync(grains: new CustomerGrainOptions { DeadLettersMax = 1 });
        shop.Channel.Answer = static _ => s_refused;
        var customer = TestShop.Treated(1)[0];
        await OrderAsync(shop, customer, "one");
        await shop.Storage.WaitForDeadAsync();
        var first = Assert.Single((await shop.Engine.Delivery.ListAsync(s_all, 9, null, CancellationToken.None)).Items).DecisionId;
        shop.Time.Set(Scenario.Start + TimeSpan.FromDays(1));
        await OrderAsync(shop, customer, "two", days: 1);
        await shop.Storage.WaitForDeadAsync();

        // A turn behind the one that tells both parts of the list.
        await shop.Customer(customer).FlushAsync();

        var left = Assert.Single((await shop.Engine.Delivery.ListAsync(s_all, 9, null, CancellationToken.None)).Items);
        Assert.NotEqual(first, left.DecisionId);
        Assert.Null(await shop.Engine.Delivery.FindAsync(first, CancellationToken.None));
    }

    [Fact]
    public async Task Endpoint_AsksToWait_ItsActionsWaitWithoutAnAttempt()
    {
        await using var shop = await TestShop.OpenAsync(grains: new CustomerGrainOptions { CircuitWaitMax = TimeSpan.FromHours(24) });
        shop.Channel.Answer = static _ => new DeliveryResult(DeliveryStatus.Retry, 429, "busy", TimeSpan.FromHours(24));
        var customer = TestShop.Treated(1)[0];
        await OrderAsync(shop, customer, "one");
        await shop.Channel.WaitForOneAsync();
        shop.Channel.Answer = static _ => DeliveryResult.Delivered;
        await shop.Customer(customer).FlushAsync();
        shop.Time.Set(Scenario.Start + TimeSpan.FromHours(23));
        await OrderAsync(shop, customer, "two", days: 0.95);
        await shop.Customer(customer).FlushAsync();
        Assert.Single(shop.Channel.Messages);

        shop.Time.Set(Scenario.Start + TimeSpan.FromHours(25));
        await shop.Channel.WaitForOneAsync();
        await shop.Channel.WaitForOneAsync();

        Assert.Equal([1, 1, 2], shop.Channel.Messages.Select(static one => one.Attempt).Order());
    }

    private static Task OrderAsync(TestShop shop, CustomerId customer, string id = "order", double days = 0) => RetryAsync(() =>
        shop.Customer(customer).ObserveAsync(new EventBatch
        {
            Events = [Scenario.One(customer, EventKind.OrderCompleted, Scenario.Start + TimeSpan.FromDays(days), $"{customer.Value}-{id}")],
            MustBeSaved = true,
        }));

    /// <summary>A caller whose silo dies repeats the call.</summary>
    private static async Task RetryAsync(Func<Task> call)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await call();
                return;
            }
            catch (Exception) when (attempt < 20)
            {
                // Settled by the next attempt: an order that was applied is a duplicate then.
            }
        }
    }
}
