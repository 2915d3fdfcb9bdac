using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Contracts.Inference;
using RealtimeInsight.Orleans.Tests.Parts;

namespace RealtimeInsight.Orleans.Tests.Cluster;

/// <summary>What callers in other processes use, good and bad input; one cluster, one customer a test.</summary>
public sealed class CallTests(CallTests.OpenShop open) : IClassFixture<CallTests.OpenShop>
{
    private TestShop Shop => open.Shop;

    [Fact]
    public async Task Insight_UnknownCustomer_IsNullAndNothingIsWritten()
    {
        var writes = Shop.Storage.Writes;

        Assert.Null(await Shop.Customer(CustomerId.FromUser("nobody")).GetInsightAsync());
        Assert.Equal(writes, Shop.Storage.Writes);
    }

    [Fact]
    public async Task Event_EveryField_SurvivesTheWire()
    {
        var customer = CustomerId.FromUser("traveller");
        var grain = Shop.Customer(customer);
        await grain.ObserveAsync(EventBatch.Of(Scenario.One(customer, EventKind.Identified, Scenario.Start, "who") with
        {
            TimeZone = "Europe/Berlin",
            Traits = new Dictionary<string, string> { ["plan"] = "gold" },
            Consents = new Dictionary<string, bool> { ["email"] = true },
        }));

        var insight = await grain.GetInsightAsync();
        Assert.Equal("Europe/Berlin", insight!.TimeZone);
        Assert.Equal("gold", insight.Traits["plan"]);
        Assert.True(insight.Consents["email"]);
    }

    [Fact]
    public async Task OrderPlaced_OpenCart_ConvertsItOnce()
    {
        var customer = CustomerId.FromUser("buyer");
        var grain = Shop.Customer(customer);
        await grain.ObserveAsync(EventBatch.Of(Scenario.One(customer, EventKind.CartAdded, Scenario.Start, "buyer-add")));
        Assert.Equal("open", (await grain.GetCartRiskAsync())!.State);
        var order = new OrderPlaced
        {
            OrderId = "4711", PlacedAt = Scenario.Start.ToDateTimeOffset(), Lines = [new OrderLine("p1", 1, 11m)], Total = 11m,
            Currency = "eur",
        };

        Assert.Equal(EventOutcome.Accepted, await grain.OrderPlacedAsync(order));
        Assert.Equal(EventOutcome.Duplicate, await grain.OrderPlacedAsync(order));

        var insight = await grain.GetInsightAsync();
        Assert.Equal("converted", insight!.Cart!.State);
        Assert.Equal((1, 11m, "EUR"), (insight.Orders.Orders, insight.Orders.MonetaryValue, insight.Orders.Currency));
        Assert.Null(await grain.GetCartRiskAsync());
    }

    [Fact]
    public async Task Consent_Withdrawn_IsKnown()
    {
        var grain = Shop.Customer(CustomerId.FromUser("quiet"));

        await grain.SetConsentAsync(new ConsentChange
        {
            ChangeId = "c1", ChangedAt = Scenario.Start.ToDateTimeOffset(), Consents = new Dictionary<string, bool> { ["email"] = false },
        });

        Assert.False((await grain.GetInsightAsync())!.Consents["email"]);
    }

    [Fact]
    public async Task Erase_ThenReplayOfTheStream_BringsNothingBack()
    {
        var customer = CustomerId.FromUser("forgotten");
        var grain = Shop.Customer(customer);
        var batch = TestShop.FromStream([Scenario.One(customer, EventKind.PageViewed, Scenario.Start, "page")], firstOffset: 5);
        await grain.ObserveAsync(batch);

        await grain.EraseAsync();
        await Shop.Cluster.DeactivateAsync(grain);

        Assert.Null(await grain.GetInsightAsync());
        Assert.Equal([EventOutcome.Duplicate], (await grain.ObserveAsync(batch)).Outcomes);
        Assert.Null(await grain.GetInsightAsync());
    }

    [Fact]
    public async Task Event_OlderThanTheNewest_IsTakenInAtTheEndOrLate()
    {
        var customer = CustomerId.FromUser("late");
        var grain = Shop.Customer(customer);
        await grain.ObserveAsync(EventBatch.Of(Scenario.One(customer, EventKind.PageViewed, Scenario.Start, "now")));

        var reply = await grain.ObserveAsync(EventBatch.Of(
            Scenario.One(customer, EventKind.PageViewed, Scenario.Start - TimeSpan.FromMinutes(1), "minute"),
            Scenario.One(customer, EventKind.PageViewed, Scenario.Start - TimeSpan.FromDays(3), "days")));

        Assert.Equal([EventOutcome.Accepted, EventOutcome.Late], reply.Outcomes);
        Assert.Equal(2, (await grain.GetInsightAsync())!.Events);
    }

    [Fact]
    public async Task Batch_OfANewerContract_IsRefusedWithTheCure()
    {
        var customer = CustomerId.FromUser("future");
        var batch = EventBatch.Of(Scenario.One(customer, EventKind.PageViewed, Scenario.Start, "page")) with { Version = 99 };

        var refused = await Assert.ThrowsAsync<ContractVersionException>(() => Shop.Customer(customer).ObserveAsync(batch));

        Assert.Contains("contract version 99", refused.Message, StringComparison.Ordinal);
        Assert.Contains("upgrade the silos", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batch_OfAnotherCustomer_IsRefusedWithoutNamingAny()
    {
        var batch = EventBatch.Of(Scenario.One(CustomerId.FromUser("alice"), EventKind.PageViewed, Scenario.Start, "page"));

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => Shop.Customer(CustomerId.FromUser("bob")).ObserveAsync(batch));

        Assert.Contains("event 0 is of another customer", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("alice", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batch_OffsetsThatDoNotFit_IsRefused()
    {
        var customer = CustomerId.FromUser("offset");
        var batch = TestShop.FromStream([Scenario.One(customer, EventKind.PageViewed, Scenario.Start, "page")], 1)
            with { Offsets = [1, 2] };

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => Shop.Customer(customer).ObserveAsync(batch));

        Assert.Contains("1 events and 2 offsets", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batch_OfOnePartitionTooMany_IsRefusedAndAppliesNothing()
    {
        var customer = CustomerId.FromUser("everywhere");
        var grain = Shop.Customer(customer);
        for (var i = 0; i < 16; i++) await grain.ObserveAsync(FromPartition(i));

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => grain.ObserveAsync(FromPartition(16)));

        Assert.Contains("more than 16 partitions", refused.Message, StringComparison.Ordinal);
        Assert.Equal(16, (await grain.GetInsightAsync())!.Events);

        EventBatch FromPartition(int i) => TestShop.FromStream(
            [Scenario.One(customer, EventKind.PageViewed, Scenario.Start, $"everywhere-{i}")], 1) with { Partition = $"events/{i}" };
    }

    [Fact]
    public async Task InferenceGrain_Rows_AreScoredAsByThePool()
    {
        var row = new ScoreRow(
            new float[ModelContract.TokenFeatures], new long[ModelContract.TokenIds], new float[ModelContract.ProfileFeatures],
            new float[ModelContract.StateWidth]);
        row.Token[1] = 0.5f;
        var expected = LinearScorer.Step(row.Token, row.Profile, row.StateIn, new float[ModelContract.StateWidth]);

        var reply = await Shop.Grains.GetGrain<IInferenceGrain>(0).ScoreAsync(
            new ScoreRowsRequest(ContractVersion.Current, [row, row], 1000));

        Assert.Equal(2, reply.Rows.Length);
        Assert.All(reply.Rows, one => Assert.Equal(
            ("scored", expected.Churn, expected.Abandonment, expected.Purchase, "linear/1"),
            (one.Outcome, one.Churn, one.Abandonment, one.Purchase, one.Model)));
    }

    [Fact]
    public async Task InferenceGrain_RowOfAnotherShape_IsRefused()
    {
        var request = new ScoreRowsRequest(ContractVersion.Current, [new ScoreRow([1f], [], [], [])], 1000);

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => Shop.Grains.GetGrain<IInferenceGrain>(0).ScoreAsync(request));

        Assert.Contains("row 0 has 1, 0, 0 and 0 values", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The cluster that these tests share.</summary>
    public sealed class OpenShop : IAsyncLifetime
    {
        internal TestShop Shop { get; private set; } = null!;

        public async Task InitializeAsync() => Shop = await TestShop.OpenAsync();

        public async Task DisposeAsync() => await Shop.DisposeAsync();
    }
}
