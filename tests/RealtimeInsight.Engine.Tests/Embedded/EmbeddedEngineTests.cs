using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Inference;

namespace RealtimeInsight.Engine.Tests.Embedded;

public sealed class EmbeddedEngineTests
{
    [Fact]
    public async Task Ingest_OfABatch_AnswersEachEventInItsOrder()
    {
        await using var engine = await new EngineHarness().StartAsync();
        var view = Make.View("anna", 1);
        var result = await engine.IngestAsync(view, Make.View("ben", 0), view, Make.Add("anna", 2));
        Assert.Equal([EventOutcome.Accepted, EventOutcome.Accepted, EventOutcome.Duplicate, EventOutcome.Accepted], result.Outcomes);
        Assert.Equal((3, 1, 0), (result.Accepted, result.Duplicates, result.Late));
        Assert.Equal((3L, 1L, 2L), (engine.Status.EventsAccepted, engine.Status.EventsDuplicate, engine.Status.Customers));
    }

    [Fact]
    public async Task Ingest_Acknowledged_IsInTheStore()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.View("anna", 0), Make.View("ben", 0));
        Assert.Equal(2, engine.Store.ReadLog(0).Sum(row => row.Count));
    }

    [Fact]
    public async Task Insight_AfterEvents_HasProfileSessionCartAndScores()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.View("anna", -3), Make.Add("anna", -2), Make.View("anna", -1));
        var insight = (await engine.InsightAsync("anna"))!;
        Assert.Equal((3L, 1L), (insight.Profile.Events, insight.Profile.Sessions));
        Assert.True(insight.Session!.IsOpen);
        Assert.Equal(("open", 20m), (insight.Cart!.State, insight.Cart.Value));
        Assert.Equal("linear/1", insight.Scores!.Model);
        Assert.False(insight.Scores.IsDegraded);
        Assert.Equal(60, insight.Scores.AgeSeconds);
        Assert.Equal(["product_viewed", "cart_added", "product_viewed"], insight.LastEvents.Select(item => item.Kind));
        Assert.Contains("cart_open", insight.Segments);
        Assert.Null(await engine.InsightAsync("nobody"));
    }

    [Fact]
    public async Task Timeline_IsNewestFirst_AndLimited()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.View("anna", 0), Make.Add("anna", 1), Make.View("ben", 1));
        await engine.IngestAsync(Make.View("anna", 2));
        var anna = CustomerId.FromUser("anna");
        var timeline = (await engine.Engine.GetTimelineAsync(anna, 10, CancellationToken.None))!;
        Assert.Equal(["product_viewed", "cart_added", "product_viewed"], timeline.Select(entry => entry.Name));
        Assert.Equal("p1", timeline[1].Detail["products"]![0]!["product_id"]!.GetValue<string>());
        Assert.Single((await engine.Engine.GetTimelineAsync(anna, 1, CancellationToken.None))!);
        Assert.Null(await engine.Engine.GetTimelineAsync(CustomerId.FromUser("nobody"), 10, CancellationToken.None));
    }

    [Fact]
    public async Task Cart_LeftAlone_IsAbandoned_DecidedAndSentOnce()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.Add("anna", 0));
        await engine.AdvanceAsync(TimeSpan.FromMinutes(59));
        Assert.Equal("at_risk", (await engine.InsightAsync("anna"))!.Cart!.State);
        Assert.Empty(engine.Channel.Sent);
        await engine.AdvanceAsync(TimeSpan.FromMinutes(2));
        await engine.Channel.SentAsync(1);
        var status = engine.Status;
        Assert.Equal((1L, 0L, 1L, 1L), (status.CartsAbandoned, status.CartsOpen, status.DecisionsMade, status.Actions));
        await engine.AdvanceAsync(TimeSpan.FromHours(2));
        var sent = Assert.Single(engine.Channel.Sent);
        var decision = (await engine.Engine.GetDecisionAsync(sent.DecisionId, CancellationToken.None))!;
        Assert.Equal(("cart-reminder", "anna", "sent"), (decision.Summary.Rule, decision.CustomerId, decision.Summary.Status));
        Assert.Equal("delivered", Assert.Single(decision.Attempts).Result);
        Assert.Contains(sent.DecisionId, System.Text.Encoding.UTF8.GetString(sent.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Order_AfterTheReminder_IsItsOutcome()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.Add("anna", 0));
        await engine.AdvanceAsync(TimeSpan.FromMinutes(61));
        await engine.IngestAsync(Make.Order("anna", 61));
        var insight = (await engine.InsightAsync("anna"))!;
        Assert.Equal("recovered", Assert.Single(insight.LastDecisions).Outcome);
        var decision = (await engine.Engine.GetDecisionAsync(insight.LastDecisions[0].DecisionId, CancellationToken.None))!;
        Assert.Equal("recovered", decision.Summary.Outcome);
        Assert.Equal((1L, 0L), (engine.Status.CartsConverted, engine.Status.CartsAbandoned));
        var timeline = (await engine.Engine.GetTimelineAsync(CustomerId.FromUser("anna"), 10, CancellationToken.None))!;
        Assert.Equal(["outcome", "event", "decision", "event"], timeline.Select(entry => entry.Type));
    }

    [Fact]
    public async Task Event_BeyondAllowedLateness_IsKeptAsideAsReject()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.View("anna", 0));
        var result = await engine.IngestAsync(Make.View("anna", -24 * 60 - 1));
        Assert.Equal([EventOutcome.Late], result.Outcomes);
        var reject = Assert.Single(await engine.Engine.Rejects.ListAsync(new RejectFilter(), 10, null, CancellationToken.None)).Item;
        Assert.Equal("late", reject.Code);
        Assert.DoesNotContain("anna", reject.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await engine.InsightAsync("anna"))!.Profile.Events);
    }

    [Fact]
    public async Task Event_OutOfOrder_GivesTheStateOfTheOrderedHistory()
    {
        await using var ordered = await new EngineHarness().StartAsync();
        await using var disordered = await new EngineHarness().StartAsync();
        CustomerEvent[] events =
        [
            Make.View("anna", -50), Make.Add("anna", -40), Make.View("anna", -35), Make.Order("anna", -30), Make.View("anna", -10),
        ];
        await ordered.IngestAsync(events);
        foreach (var at in new[] { 2, 4, 0, 3, 1 }) await disordered.IngestAsync(events[at]);
        InsightAssert.Same((await ordered.InsightAsync("anna"))!, (await disordered.InsightAsync("anna"))!);
        Assert.Equal(ordered.Status.CartsConverted, disordered.Status.CartsConverted);
        Assert.Equal(ordered.Status.SessionsStarted, disordered.Status.SessionsStarted);
    }

    [Fact]
    public async Task Event_OutOfOrderInALongHistory_IsTakenInAtItsEnd()
    {
        var harness = new EngineHarness();
        harness.Options.RefoldEventsMax = 3;
        await using var engine = await harness.StartAsync();
        for (var i = 0; i < 4; i++) await engine.IngestAsync(Make.View("anna", i));
        var result = await engine.IngestAsync(Make.View("anna", 1.5));
        Assert.Equal(1, result.Accepted);
        var insight = (await engine.InsightAsync("anna"))!;
        Assert.Equal((5L, Make.At(3)), (insight.Profile.Events, insight.Profile.LastSeen));
    }

    [Fact]
    public async Task Resend_AfterTheActorForgotTheId_IsFoundInTheLog()
    {
        var harness = new EngineHarness();
        harness.CustomerOptions.EventIdsMax = 16;
        await using var engine = await harness.StartAsync();
        for (var i = 0; i < 40; i++) await engine.IngestAsync(Make.View("anna", i));
        var resend = Make.View("anna", 0) with { OccurredAt = Make.At(2) };
        Assert.Equal(1, (await engine.IngestAsync(resend)).Duplicates);
        Assert.Equal(1, (await engine.IngestAsync(Make.View("anna", 0.5))).Accepted);
        Assert.Equal(41, (await engine.InsightAsync("anna"))!.Profile.Events);
    }

    [Fact]
    public async Task Scoring_ThatFails_DegradesVisibly_AndRecoversByFolding()
    {
        await using var steady = await new EngineHarness().StartAsync();
        await using var engine = await new EngineHarness().StartAsync();
        var events = Enumerable.Range(-9, 6).Select(i => Make.View("anna", i)).ToArray();
        foreach (var item in events) await steady.IngestAsync(item);
        await engine.IngestAsync(events[0]);
        engine.Scorer.Outcome = ScoreOutcome.Failed;
        for (var i = 1; i < 5; i++) Assert.Equal(1, (await engine.IngestAsync(events[i])).Accepted);
        Assert.True((await engine.InsightAsync("anna"))!.Scores!.IsDegraded);
        Assert.Equal(4, engine.Status.ScoresDegraded);
        engine.Scorer.Outcome = ScoreOutcome.Scored;
        await engine.IngestAsync(events[5]);
        InsightAssert.Same((await steady.InsightAsync("anna"))!, (await engine.InsightAsync("anna"))!);
    }

    [Fact]
    public async Task Engine_WithoutAModel_TakesEventsAndSaysSo()
    {
        var harness = new EngineHarness();
        harness.Scorer.Model = null;
        await using var engine = await harness.StartAsync();
        Assert.Equal(1, (await engine.IngestAsync(Make.View("anna", 0))).Accepted);
        Assert.Null((await engine.InsightAsync("anna"))!.Scores);
        Assert.Contains("no model", Assert.Single(engine.Status.Problems), StringComparison.Ordinal);
        engine.Scorer.Model = new("linear", "2", new string('b', 64), 8);
        await engine.IngestAsync(Make.View("anna", 1));
        Assert.Equal("linear/2", (await engine.InsightAsync("anna"))!.Scores!.Model);
    }

    [Fact]
    public async Task Model_ThatChanges_IsFoldedFromTheKeptEvents()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.View("anna", 0), Make.View("anna", 1));
        var rows = engine.Scorer.Rows;
        engine.Scorer.Model = new("linear", "2", new string('b', 64), 8);
        await engine.IngestAsync(Make.View("anna", 2));
        Assert.Equal(rows + 1, engine.Scorer.Rows);
        Assert.Equal("linear/2", (await engine.InsightAsync("anna"))!.Scores!.Model);
    }

    [Fact]
    public async Task History_LoadedByTheWallClock_ChangesCustomers_AndSendsNothing()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(
            Make.Add("anna", -60 * 48), Make.Event("ben", EventKind.PaymentFailed, -60 * 48, "pf"), Make.Add("carl", -60 * 3));
        await engine.SettleAsync();
        Assert.Equal("abandoned", (await engine.InsightAsync("anna"))!.Cart!.State);
        Assert.Empty((await engine.InsightAsync("anna"))!.LastDecisions);
        Assert.Empty((await engine.InsightAsync("ben"))!.LastDecisions);
        Assert.Single((await engine.InsightAsync("carl"))!.LastDecisions);
        Assert.Equal(2, engine.Status.CartsAbandoned);
    }

    [Fact]
    public async Task Ingest_WithoutWaiting_AppliesBatchesInTheOrderOfTheCalls()
    {
        var harness = new EngineHarness();
        harness.Options.InboxPartsMax = 1;
        await using var engine = await harness.StartAsync();
        var waiting = Enumerable.Range(0, 200).Select(i => engine.IngestAsync(Make.View("anna", i), Make.View("ben", i))).ToList();
        await Task.WhenAll(waiting);
        foreach (var customer in EventsOf(engine.Store).GroupBy(item => item.Customer))
        {
            Assert.Equal(Enumerable.Range(0, 200).Select(i => Make.At(i)), customer.Select(item => item.OccurredAt));
        }
    }

    [Fact]
    public async Task AtRisk_ListsOpenCartsMostAtRiskFirst()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync([.. Enumerable.Range(0, 20).Select(i => Make.Add($"customer-{i}", -i / 10.0))]);
        var list = await engine.Engine.GetAtRiskAsync(5, CancellationToken.None);
        Assert.Equal(5, list.Count);
        Assert.Equal(list.OrderByDescending(item => Math.Max(item.Churn, item.Abandonment ?? 0f)).Select(item => item.CustomerId),
            list.Select(item => item.CustomerId));
        Assert.All(list, item => Assert.Equal(("open", 20m), (item.CartState, item.CartValue)));
    }

    [Fact]
    public async Task Notices_TellWhatHappens_AfterItIsCommitted()
    {
        await using var engine = await new EngineHarness().StartAsync();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var notices = engine.Engine.SubscribeAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        await engine.IngestAsync(Make.Add("anna", 0));
        await engine.AdvanceAsync(TimeSpan.FromMinutes(61));
        var types = new List<string>();
        while (types.Count < 7 && await notices.MoveNextAsync()) types.Add(notices.Current.Type);
        Assert.Equal(
            ["session_started", "cart_opened", "cart_at_risk", "session_ended", "cart_abandoned", "decision", "delivered"], types);
    }

    [Fact]
    public async Task Ingest_AfterStop_IsRefused()
    {
        var engine = await new EngineHarness().StartAsync();
        await engine.DisposeAsync();
        await Assert.ThrowsAsync<EngineUnavailableException>(() => engine.IngestAsync(Make.View("anna", 0)));
        Assert.False(engine.Status.IsReady);
    }

    [Fact]
    public async Task Decision_OnAnEvent_NamesItAsItsTrigger()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.Event("anna", EventKind.PaymentFailed, 0, "pf-1"));
        var decision = Assert.Single((await engine.InsightAsync("anna"))!.LastDecisions);
        Assert.Equal("rescue", decision.Rule);
        var view = (await engine.Engine.GetDecisionAsync(decision.DecisionId, CancellationToken.None))!;
        Assert.Equal("pf-1", view.Record["trigger"]!["event_id"]!.GetValue<string>());
        Assert.Null(await engine.Engine.GetDecisionAsync("dec_unknown", CancellationToken.None));
    }

    private static List<CustomerEvent> EventsOf(IEngineStore store)
    {
        var events = new List<CustomerEvent>();
        foreach (var row in store.ReadLog(0))
        {
            var reader = new LogRecordReader(row.Body.Span, store.Name);
            while (reader.TryRead(out var record))
            {
                var payload = record.Payload;
                if (record.Kind == RecordKind.Event) events.Add(EventCodec.Read(ref payload));
            }
        }

        return events;
    }
}
