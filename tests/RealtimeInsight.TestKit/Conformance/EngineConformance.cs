using System.Text.Json;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Port;
using static RealtimeInsight.TestKit.Conformance.ConformanceShop;

namespace RealtimeInsight.TestKit.Conformance;

/// <summary>What every implementation of the engine's port has to do: the same events in, the same insights and decisions out.</summary>
public abstract partial class EngineConformance
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Starts an engine that knows nothing yet, its clock at <see cref="Start"/>.</summary>
    protected abstract Task<IEngineUnderTest> OpenAsync();

    [Fact]
    public async Task Events_NewKnownAndLate_AreToldApart()
    {
        await using var shop = await OpenAsync();
        await shop.SetTimeAsync(At(3000));
        var first = await IngestAsync(shop, View("anna", 0, "a"), View("anna", 2900, "b"), View("ben", 1, "c"));
        var again = await IngestAsync(
            shop, View("anna", 2901, "d"), View("anna", 0, "a"), View("anna", 2000, "e"), View("anna", 10, "late"));
        var taken = await shop.Engine.IngestAsync(
            IngestBatch.Of(View("anna", 10, "late")) with { Late = LateRule.TakeIn }, CancellationToken.None);

        Assert.Equal([EventOutcome.Accepted, EventOutcome.Accepted, EventOutcome.Accepted], first.Outcomes);
        Assert.Equal([EventOutcome.Accepted, EventOutcome.Duplicate, EventOutcome.Accepted, EventOutcome.Late], again.Outcomes);
        Assert.Equal((2, 1, 1), (again.Accepted, again.Duplicates, again.Late));
        Assert.Equal([EventOutcome.Accepted], taken.Outcomes);
        Assert.Equal((5L, 1L), ((await InsightAsync(shop, "anna")).Profile.Events, (await InsightAsync(shop, "ben")).Profile.Events));
        Assert.Null(await shop.Engine.GetInsightAsync(CustomerId.Parse("nobody"), CancellationToken.None));
        Assert.Null(await shop.Engine.GetTimelineAsync(CustomerId.Parse("nobody"), 10, CancellationToken.None));
    }

    [Fact]
    public async Task Events_OutOfOrder_GiveWhatTheyGiveInOrder()
    {
        await using var shop = await OpenAsync();
        await shop.SetTimeAsync(At(500));
        double[] minutes = [0, 5, 100, 110, 200, 400, 405];
        for (var i = 0; i < minutes.Length; i++)
        {
            await IngestAsync(shop, One("in-order", minutes[i]));
            await IngestAsync(shop, One("shuffled", minutes[(i * 3) % minutes.Length]));
        }

        Assert.Equal(Text(await InsightAsync(shop, "in-order")), Text(await InsightAsync(shop, "shuffled")));

        static CustomerEvent One(string customer, double at) =>
            at is 100 or 400 ? Add(customer, at, $"{customer}{at}") : View(customer, at, $"{customer}{at}");
    }

    [Fact]
    public async Task Cart_LeftAlone_IsFoundAndBringsOneActionWithItsRecord()
    {
        await using var shop = await OpenAsync();
        var anna = Treated("anna");
        await IngestAsync(shop, Add(anna, 0));
        await shop.SetTimeAsync(At(15));
        Assert.Equal("at_risk", (await InsightAsync(shop, anna)).Cart!.State);

        await shop.SetTimeAsync(At(60));
        await shop.WaitForOneAsync();
        await shop.SetTimeAsync(At(65));

        var insight = await InsightAsync(shop, anna);
        Assert.Equal("abandoned", insight.Cart!.State);
        var decision = Assert.Single(insight.LastDecisions);
        var message = Assert.Single(shop.Sent);
        Assert.Equal((decision.DecisionId, anna), (message.DecisionId, message.CustomerId));
        Assert.Equal(("win-back", "coupon", "log", At(60)), (decision.Rule, decision.Action, decision.Channel, decision.DecidedAt));
        var view = (await shop.Engine.GetDecisionAsync(decision.DecisionId, CancellationToken.None))!;
        Assert.Equal((anna, "win-back", "sent"), (view.CustomerId, view.Summary.Rule, view.Summary.Status));
        Assert.Equal("win-back", view.Record["rule"]!.GetValue<string>());
        Assert.Null(await shop.Engine.GetDecisionAsync("dec_unknown", CancellationToken.None));
    }

    [Fact]
    public async Task Decisions_HoldOutConsentAndCoolDown_SuppressWithTheReason()
    {
        await using var shop = await OpenAsync();
        var (held, refused, eager) = (HeldOut("held"), Treated("refused"), Treated("eager"));
        await IngestAsync(
            shop,
            Add(held, 0),
            Event(refused, EventKind.ConsentChanged, 0) with { Consents = new Dictionary<string, bool> { ["email"] = false } },
            Add(refused, 0),
            Order(eager, 0),
            Event(eager, EventKind.PaymentFailed, 5));
        await shop.SetTimeAsync(At(60));

        Assert.Equal("hold_out", Assert.Single((await InsightAsync(shop, held)).LastDecisions).SuppressionReason);
        Assert.Equal("no_consent", Assert.Single((await InsightAsync(shop, refused)).LastDecisions).SuppressionReason);
        Assert.Equal(["cool_down", null], (await InsightAsync(shop, eager)).LastDecisions.Select(static one => one.SuppressionReason));
    }

    [Fact]
    public async Task Order_OfTheCart_ConvertsItAndIsTheOutcome()
    {
        await using var shop = await OpenAsync();
        var anna = Treated("anna");
        await IngestAsync(shop, Add(anna, 0));
        await shop.SetTimeAsync(At(60));
        await shop.WaitForOneAsync();
        await shop.SetTimeAsync(At(90));
        await IngestAsync(shop, Order(anna, 90));

        var insight = await InsightAsync(shop, anna);
        Assert.Equal("converted", insight.Cart!.State);
        Assert.Equal((1, 11m, "EUR"), (insight.Profile.Rfm.Frequency, insight.Profile.Rfm.MonetaryValue, insight.Profile.Rfm.Currency));
        Assert.Equal("recovered", insight.LastDecisions.Single(static one => one.Rule == "win-back").Outcome);
    }

    [Fact]
    public async Task Timeline_HasEventsAndDecisionsNewestFirst()
    {
        await using var shop = await OpenAsync();
        var anna = Treated("anna");
        await IngestAsync(shop, View("anon:v", 0), View(anna, 5), Identify(anna, 10, "anon:v"), Order(anna, 15));

        var timeline = (await shop.Engine.GetTimelineAsync(CustomerId.Parse(anna), 100, CancellationToken.None))!;

        var events = timeline.Where(static entry => entry.Type == "event").ToList();
        Assert.Equal(["order_completed", "identified", "product_viewed", "product_viewed"], events.Select(static entry => entry.Name));
        Assert.Equal([anna, anna, anna, "anon:v"], events.Select(static entry => entry.Detail["sent_as"]!.GetValue<string>()));
        Assert.Equal("thanks", Assert.Single(timeline, static entry => entry.Type == "decision").Name);
        var newest = await shop.Engine.GetTimelineAsync(CustomerId.Parse("anon:v"), 2, CancellationToken.None);
        Assert.Equal(2, newest!.Count);
    }

    [Fact]
    public async Task Crash_InTheMiddle_NothingIsLostOrDoubled()
    {
        await using var shop = await OpenAsync();
        var customers = Enumerable.Range(0, 12).Select(static i => Treated($"c{i}")).ToArray();
        foreach (var customer in customers) await IngestAsync(shop, View(customer, 0), Add(customer, 5));

        await shop.CrashAsync();
        foreach (var customer in customers)
        {
            var again = await IngestAsync(shop, View(customer, 0), Add(customer, 5), View(customer, 10));
            Assert.Equal([EventOutcome.Duplicate, EventOutcome.Duplicate, EventOutcome.Accepted], again.Outcomes);
        }

        await shop.SetTimeAsync(At(70));
        for (var i = 0; i < customers.Length; i++) await shop.WaitForOneAsync();
        await shop.CrashAsync();
        await shop.SetTimeAsync(At(75));

        foreach (var customer in customers)
        {
            var insight = await InsightAsync(shop, customer);
            Assert.Equal((3L, "abandoned"), (insight.Profile.Events, insight.Cart!.State));
            Assert.Single(insight.LastDecisions);
        }

        Assert.Equal(customers.Length, shop.Sent.Select(static message => message.DecisionId).Distinct().Count());
    }

    private static async Task<IngestResult> IngestAsync(IEngineUnderTest shop, params CustomerEvent[] events) =>
        await shop.Engine.IngestAsync(IngestBatch.Of(events), CancellationToken.None).AsTask().WaitAsync(s_patience);

    private static async Task<CustomerInsight> InsightAsync(IEngineUnderTest shop, string customer) =>
        (await shop.Engine.GetInsightAsync(CustomerId.Parse(customer), CancellationToken.None).AsTask().WaitAsync(s_patience))!;

    /// <summary>Without what depends on the id.</summary>
    private static string Text(CustomerInsight insight) => JsonSerializer.Serialize(
        insight with { CustomerId = "", LastDecisions = [], Profile = insight.Profile with { IsHeldOut = false } });
}
