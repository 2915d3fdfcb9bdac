using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using static RealtimeInsight.TestKit.Conformance.ConformanceShop;

namespace RealtimeInsight.TestKit.Conformance;

/// <summary>Who is forgotten.</summary>
public abstract partial class EngineConformance
{
    /// <summary>Later than an erasure may take the clock that began in the first hour.</summary>
    private const double AfterErasure = 900;

    [Fact]
    public async Task Erase_Customer_IsGoneUnderAllIds_AndAResendBringsNothingBack()
    {
        await using var shop = await OpenAsync();
        shop.Answer = static _ => new DeliveryResult(DeliveryStatus.Failed, 400, "refused");
        var anna = Treated("anna");
        string[] ids = ["anon:v", "anon:w", anna];
        await shop.SetTimeAsync(At(20));
        CustomerEvent[] before =
        [
            View("anon:v", 0), View("anon:w", 1), View("ben", 2), Identify(anna, 3, "anon:v"), Add(anna, 4),
            Event(anna, EventKind.PaymentFailed, 5),
        ];
        await IngestAsync(shop, before);
        await shop.Engine.MergeAsync(CustomerId.Parse(anna), CustomerId.Parse("anon:w"), CancellationToken.None);
        await shop.WaitForOneAsync();
        await shop.WaitForDeadAsync();
        await IngestAsync(shop, RejectOf(anna), RejectOf("v"), RejectOf("ben"), RejectOf("nobody"));
        var decision = Assert.Single((await InsightAsync(shop, "anon:w")).LastDecisions).DecisionId;

        var erased = (await shop.EraseAsync("anon:w"))!;

        Assert.Equal((3, 1, 2), (erased.Ids, erased.Decisions, erased.Rejects));
        Assert.Equal(new ErasureResult(0, 0, 0, 0, 1), await shop.EraseAsync("nobody"));
        await RequireGoneAsync(shop, decision, ids);
        Assert.Null(await shop.EraseAsync(anna));
        Assert.Null(await shop.EraseAsync("nobody"));
        await shop.CrashAsync();
        var again = await IngestAsync(shop, [.. before.Where(static item => item.Customer.Value != "ben"), View(anna, 6, "another id")]);
        Assert.All(again.Outcomes, static outcome => Assert.Equal(EventOutcome.Duplicate, outcome));
        await RequireGoneAsync(shop, decision, ids);

        await shop.SetTimeAsync(At(AfterErasure));
        Assert.Single(shop.Sent);
        Assert.Equal(2, (await IngestAsync(shop, View(anna, AfterErasure), View("anon:v", AfterErasure))).Accepted);
        foreach (var id in new[] { anna, "anon:v", "ben" })
        {
            var insight = await InsightAsync(shop, id);
            Assert.Equal((id, null, 1L), (insight.CustomerId, insight.MergedInto, insight.Profile.Events));
        }
    }

    [Fact]
    public async Task Erase_IdThatIsAnothersAfterwards_BringsNothingOfTheFirstBack()
    {
        await using var shop = await OpenAsync();
        await shop.SetTimeAsync(At(20));
        await IngestAsync(shop, View("anon:v", 0), Identify("anna", 1, "anon:v"), View("anon:w", 2));
        await shop.EraseAsync("anna");
        await shop.SetTimeAsync(At(AfterErasure));
        await IngestAsync(
            shop, View("anon:v", AfterErasure - 2), Identify("ben", AfterErasure - 1, "anon:v"), View("anna", AfterErasure - 1),
            Identify("anna", AfterErasure, "anon:w"));

        var again = await IngestAsync(shop, View("anon:v", 0), View("anon:v", 1, "another id"), View("anon:w", 3));

        Assert.Equal([EventOutcome.Duplicate, EventOutcome.Duplicate, EventOutcome.Accepted], again.Outcomes);
        Assert.Equal((2L, 4L), ((await InsightAsync(shop, "ben")).Profile.Events, (await InsightAsync(shop, "anna")).Profile.Events));
    }

    private static async Task RequireGoneAsync(IEngineUnderTest shop, string decision, string[] ids)
    {
        var engine = shop.Engine;
        foreach (var id in ids.Select(CustomerId.Parse))
        {
            Assert.Null(await engine.GetInsightAsync(id, CancellationToken.None).AsTask().WaitAsync(s_patience));
            Assert.Null(await engine.GetTimelineAsync(id, 10, CancellationToken.None).AsTask().WaitAsync(s_patience));
        }

        Assert.Null(await engine.GetDecisionAsync(decision, CancellationToken.None).AsTask().WaitAsync(s_patience));
        Assert.Null(await engine.Delivery.FindAsync(decision, CancellationToken.None));
        Assert.False(await engine.Delivery.RedriveAsync(decision, CancellationToken.None));
        Assert.Empty((await engine.Delivery.ListAsync(s_all, 9, null, CancellationToken.None)).Items);
        var reject = Assert.Single(await ListAsync(shop, new RejectFilter("bad_time")));
        Assert.Contains("ben", reject.Item.Payload, StringComparison.Ordinal);
    }

    private static RejectedItem RejectOf(string id) => Reject("bad_time", "http", 1, $$"""{"userId":"{{id}}"}""");
}
