using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Contracts.Inference;
using RealtimeInsight.Orleans.Contracts.Replies;
using RealtimeInsight.Orleans.Tests.Parts;

namespace RealtimeInsight.Orleans.Tests.Upgrade;

/// <summary>
/// Programs and rows of the first contract beside this one: the golden file holds the bytes of its messages, replies and of a customer's
/// row as its own build wrote them. Bytes are never changed; those of a later contract get a file of their own.
/// </summary>
public sealed class RollingUpgradeTests : IAsyncLifetime
{
    private static readonly CustomerId s_anna = CustomerId.FromUser("anna");
    private readonly Dictionary<string, byte[]> _golden = File
        .ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Upgrade", "first-contract.txt")).Select(static line => line.Split(' '))
        .ToDictionary(static parts => parts[0], static parts => Convert.FromBase64String(parts[1]));

    private TestShop _shop = null!;

    private Serializer Serializer => _shop.Cluster.Client.ServiceProvider.GetRequiredService<Serializer>();

    public async Task InitializeAsync() => _shop = await TestShop.OpenAsync();

    public async Task DisposeAsync() => await _shop.DisposeAsync();

    [Fact]
    public async Task CallsOfTheFirstContract_AreUnderstood()
    {
        var batch = Read<EventBatch>("event-batch");
        Assert.Equal(("events/3", true, false, 2), (batch.Partition, batch.MustBeSaved, batch.TakesLate, batch.Events.Length));
        var grain = _shop.Customer(s_anna);
        Assert.Equal([EventOutcome.Accepted, EventOutcome.Accepted], (await grain.ObserveAsync(batch)).Outcomes);
        Assert.Equal(EventOutcome.Accepted, await grain.SetConsentAsync(Read<ConsentChange>("consent-change")));
        Assert.Equal(EventOutcome.Accepted, await grain.OrderPlacedAsync(Read<OrderPlaced>("order-placed")));

        var insight = (await grain.GetInsightAsync())!;
        Assert.Equal((4L, 1, true), (insight.Events, insight.Orders.Orders, insight.Consents["email"]));
        var request = Read<ScoreRowsRequest>("score-rows-request");
        Assert.Equal((1, 250, 2f), (request.Version, request.TimeoutMs, request.Rows[0].Token[1]));
        var refusal = Read<ContractVersionException>("contract-version-exception").Message;
        Assert.Contains("contract version 9", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void RepliesOfTheFirstContract_AreUnderstood()
    {
        Assert.True(Read<ObserveReply>("observe-reply").IsSaved);
        Assert.Equal("linear/1", Assert.Single(Read<ScoreRowsReply>("score-rows-reply").Rows).Model);
        Assert.Equal("open", Read<CartRiskReply>("cart-risk-reply").State);
        var insight = Read<InsightReply>("insight-reply");
        Assert.Equal((2L, 1, null), (insight.Events, insight.Orders.Orders, insight.MergedInto));
        Assert.Empty(insight.LastEvents);
        Assert.Contains("\"decision_id\"", Read<WhyReply>("why-reply").Record, StringComparison.Ordinal);
        Assert.Equal(3, Read<TimelineItem[]>("timeline").Length);
    }

    [Fact]
    public async Task RowOfTheFirstContract_GoesOnWhereItWas()
    {
        _shop.Storage.Put(s_anna.Value, _golden["customer-row"]);
        var grain = _shop.Customer(s_anna);

        var insight = (await grain.GetInsightAsync())!;
        Assert.Equal((2L, "converted"), (insight.Events, insight.Cart!.State));
        Assert.Equal("delivered", (await grain.WhyAsync(insight.LastDecisions[0].DecisionId))!.Delivery);
        var next = Scenario.One(s_anna, EventKind.PageViewed, Scenario.Start + TimeSpan.FromMinutes(2), "next");
        var replayed = await grain.ObserveAsync(TestShop.FromStream([.. Read<EventBatch>("event-batch").Events, next], 7));
        Assert.Equal([EventOutcome.Duplicate, EventOutcome.Duplicate, EventOutcome.Accepted], replayed.Outcomes);

        // Its events were not kept: a merge joins the states.
        var visitor = CustomerId.FromVisitor("v");
        await _shop.Customer(visitor).ObserveAsync(EventBatch.Of(Scenario.One(visitor, EventKind.PageViewed, Scenario.Start, "v1")));
        Assert.Equal(MergeOutcome.Merged, (await grain.MergeAsync(visitor.Value)).Outcome);
        Assert.Equal(4, (await grain.GetInsightAsync())!.Events);
        Assert.Equal(MergeOutcome.TooLong, (await grain.UnmergeAsync(visitor.Value)).Outcome);
    }

    [Fact]
    public async Task ProgramOfTheFirstContract_ReadsTheNewRepliesAndLeavesOutWhatItDoesNotKnow()
    {
        var grain = _shop.Customer(s_anna);
        await grain.ObserveAsync(Read<EventBatch>("event-batch") with { TakesLate = true });
        await grain.OrderPlacedAsync(Read<OrderPlaced>("order-placed"));
        var insight = (await grain.GetInsightAsync())!;

        var first = As<InsightReply, FirstInsightReply>(insight);
        Assert.Equal((insight.Version, insight.Events, insight.Session!.Events), (first.Version, first.Events, first.Session!.Events));
        Assert.Equal(
            (insight.Scores!.Churn, insight.Orders.Orders, insight.Orders.RecencySeconds),
            (first.Scores!.Churn, first.Orders!.Orders, first.Orders.RecencySeconds));
        Assert.Equal(insight.LastDecisions.Select(static one => one.DecisionId), first.LastDecisions.Select(static one => one.DecisionId));
        Assert.NotEmpty(insight.LastEvents);
        var why = (await grain.WhyAsync(insight.LastDecisions[0].DecisionId))!;
        Assert.Equal(why.Record, As<WhyReply, FirstWhyReply>(why).Record);
        var timeline = await grain.GetTimelineAsync(10);
        Assert.Equal(
            timeline.Select(static item => (item.Type, item.Name, item.Value)),
            As<TimelineItem[], FirstTimelineItem[]>(timeline).Select(static item => (item.Type, item.Name, item.Value)));
        var batch = new EventBatch { Events = [], Partition = "p", Offsets = [], TakesLate = true };
        Assert.Equal("p", As<EventBatch, FirstEventBatch>(batch).Partition);
        await grain.FlushAsync();
        var row = Serializer.Deserialize<FirstCustomerGrainState>(_shop.Storage.Read(s_anna.Value))!;
        Assert.Equal((true, 8L), (row.Customer.Length > 0, row.Marks["events/3"]));
    }

    private T Read<T>(string name) => Serializer.Deserialize<T>(_golden[name])!;

    private TFirst As<TNow, TFirst>(TNow value) => Serializer.Deserialize<TFirst>(Serializer.SerializeToArray(value))!;
}
