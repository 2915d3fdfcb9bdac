using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Tests.Embedded;

namespace RealtimeInsight.Engine.Tests.Identity;

public sealed class MergeTests
{
    private static readonly CustomerId Visitor = CustomerId.FromVisitor("v");

    [Fact]
    public async Task Identify_OfAVisitorWithAHistory_MakesItTheCustomers()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.View("anon:v", -10), Make.Add("anon:v", -9), Make.View("anna", -20));
        await engine.IngestAsync(Identify("anna", 0));

        var anna = (await engine.InsightAsync("anna"))!;
        Assert.Equal((4L, "open", "anna", null), (anna.Profile.Events, anna.Cart!.State, anna.CustomerId, anna.MergedInto));
        Assert.Equal(Make.At(-20), anna.Profile.FirstSeen);
        Assert.Equal(["anon:v"], anna.Profile.LinkedVisitors);
        Assert.Equal(["identified", "cart_added", "product_viewed", "product_viewed"], anna.LastEvents.Select(item => item.Kind));
        var visitor = (await engine.InsightAsync("anon:v"))!;
        Assert.Equal(("anna", "anna", 4L), (visitor.CustomerId, visitor.MergedInto, visitor.Profile.Events));
        var status = engine.Status;
        Assert.Equal((1L, 1L, 1L), (status.Customers, status.CartsOpen, status.SessionsOpen));
    }

    [Fact]
    public async Task Visitor_AfterTheMerge_IsForwarded_AndKnowsItsDuplicates()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.Add("anon:v", -9, "first"));
        await engine.IngestAsync(Identify("anna", 0));
        var result = await engine.IngestAsync(
            Make.View("anon:v", 1, "second"), Make.Add("anon:v", -9, "first"), Make.View("anon:v", -5, "late"));

        Assert.Equal([EventOutcome.Accepted, EventOutcome.Duplicate, EventOutcome.Accepted], result.Outcomes);
        Assert.Equal(4, (await engine.InsightAsync("anna"))!.Profile.Events);
        await engine.Engine.AbortAsync();
        await using var second = await engine.RestartAsync(next => next.Options.Shards = 3);
        Assert.Equal(2, (await second.IngestAsync(Make.View("anon:v", 1, "second"), Make.Add("anon:v", -9, "first"))).Duplicates);
        Assert.Equal(4, (await second.InsightAsync("anon:v"))!.Profile.Events);
        Assert.Equal(1, second.Status.Customers);
    }

    [Fact]
    public async Task Visitor_OfASharedDevice_StaysWithItsFirstCustomer()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.View("anon:v", -10));
        await engine.IngestAsync(Identify("anna", 0));
        await engine.IngestAsync(Identify("ben", 1), Make.View("anon:v", 2));
        await engine.IngestAsync(Make.View("ben", 3) with { Visitor = Visitor });

        Assert.Equal((3L, 2L), ((await engine.InsightAsync("anna"))!.Profile.Events, (await engine.InsightAsync("ben"))!.Profile.Events));
        Assert.Equal("anna", (await engine.InsightAsync("anon:v"))!.MergedInto);
        Assert.Equal(2, engine.Status.Customers);
    }

    [Fact]
    public async Task Visitor_WithoutAHistory_IsNoCustomer_UntilItHasOne()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Identify("anna", 0), Make.View("anna", 1) with { Visitor = Visitor });
        Assert.Null(await engine.InsightAsync("anon:v"));
        await engine.IngestAsync(Make.View("anon:v", 2));
        Assert.Null((await engine.InsightAsync("anon:v"))!.MergedInto);
        await engine.IngestAsync(Make.View("anna", 3) with { Visitor = Visitor });
        Assert.Equal(4, (await engine.InsightAsync("anon:v"))!.Profile.Events);
    }

    [Fact]
    public async Task AliasCall_BeforeTheVisitorsEvents_SendsThemToTheCustomer()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Identify("anna", 0) with { Subject = CustomerEvent.AliasSubject });
        await engine.IngestAsync(Make.View("anon:v", -3), Make.View("anon:v", 1));
        Assert.Equal((3L, 1L), ((await engine.InsightAsync("anna"))!.Profile.Events, engine.Status.Customers));
    }

    [Fact]
    public async Task MergeAutomatically_Off_LinksOnly_AndMergesOnRequest()
    {
        var harness = new EngineHarness();
        harness.Options.MergeAutomatically = false;
        await using var engine = await harness.StartAsync();
        await engine.IngestAsync(Make.View("anon:v", -10), Identify("anna", 0));
        Assert.Equal(1, (await engine.InsightAsync("anna"))!.Profile.Events);
        Assert.Equal(1, (await engine.InsightAsync("anon:v"))!.Profile.Events);
        Assert.Equal(new MergeResult(MergeOutcome.Merged, "anna"), await MergeAsync(engine, "anna", "anon:v"));
        Assert.Equal(2, (await engine.InsightAsync("anna"))!.Profile.Events);
    }

    [Fact]
    public async Task Merge_InOneBatch_HappensAtTheEventThatSaysSo()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(
            Make.View("anon:v", -10), Make.Add("anon:v", -9), Identify("anna", -8), Make.View("anon:v", -7), Make.Order("anna", -6));
        var anna = (await engine.InsightAsync("anna"))!;
        Assert.Equal((5L, "converted"), (anna.Profile.Events, anna.Cart!.State));
        Assert.Equal((1L, 1L, 0L), (engine.Status.Customers, engine.Status.CartsConverted, engine.Status.CartsOpen));
    }

    [Fact]
    public async Task Merge_Requests_SettleToOneResult()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.View("anna", 0), Make.View("ben", 1), Make.View("carl", 2));

        var both = await Task.WhenAll(
            MergeAsync(engine, "anna", "ben"), MergeAsync(engine, "anna", "ben"), MergeAsync(engine, "ben", "anna"));
        Assert.Single(both, result => result.Outcome == MergeOutcome.Merged);
        var first = both.First(result => result.Outcome == MergeOutcome.Merged).CustomerId;
        Assert.Equal(new MergeResult(MergeOutcome.Merged, "carl"), await MergeAsync(engine, "carl", first));
        foreach (var id in (string[])["anna", "ben", "carl"]) Assert.Equal(3, (await engine.InsightAsync(id))!.Profile.Events);

        Assert.Equal(new MergeResult(MergeOutcome.AlreadyMerged, "carl"), await MergeAsync(engine, "carl", "anna"));
        Assert.Equal(new MergeResult(MergeOutcome.NothingToDo, "carl"), await MergeAsync(engine, "anna", "carl"));
        Assert.Equal(new MergeResult(MergeOutcome.NothingToDo, "carl"), await MergeAsync(engine, "carl", "carl"));
        Assert.Equal(new MergeResult(MergeOutcome.Unknown, "dora"), await MergeAsync(engine, "carl", "dora"));
        await engine.IngestAsync(Make.View("emil", 3));
        Assert.Equal(new MergeResult(MergeOutcome.BelongsToAnother, "carl"), await MergeAsync(engine, "emil", "anna"));
        await engine.IngestAsync(Make.View("anna", 4), Make.View("ben", 5));
        Assert.Equal((5L, 2L), ((await engine.InsightAsync("ben"))!.Profile.Events, engine.Status.Customers));
    }

    [Fact]
    public async Task Deadline_OfAVisitorsCart_FiresOnce_ForTheCustomer()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.Add("anon:v", 0), Make.View("anna", 0));
        await engine.IngestAsync(Identify("anna", 1));
        await engine.AdvanceAsync(TimeSpan.FromHours(2));
        await engine.Channel.SentAsync(1);
        Assert.Equal("anna", engine.Channel.Sent.Single().CustomerId);
        Assert.Equal("cart-reminder", Assert.Single((await engine.InsightAsync("anna"))!.LastDecisions).Rule);
    }

    [Fact]
    public async Task Decisions_OfBoth_CountForCapsAndEpisodes_OfTheOne()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.Add("anon:v", 0), Make.Add("anna", 0));
        await engine.AdvanceAsync(TimeSpan.FromHours(2));
        await engine.Channel.SentAsync(2);
        await engine.IngestAsync(Identify("anna", 121));

        // One cart now, about which both were reminded: it is taken up, left again, and nobody is reminded a third time.
        await engine.IngestAsync(Make.Add("anna", 122));
        await engine.AdvanceAsync(TimeSpan.FromHours(3));
        var anna = (await engine.InsightAsync("anna"))!;
        Assert.Equal(2, anna.LastDecisions.Count);
        Assert.Equal("abandoned", anna.Cart!.State);

        // A third treatment is given for another cart, a fourth is capped.
        await engine.IngestAsync(Make.Order("anna", 301), Make.Event("anna", EventKind.CartAdded, 302, "n1", "p2"));
        await engine.AdvanceAsync(TimeSpan.FromHours(3));
        await engine.IngestAsync(Make.Event("anna", EventKind.PaymentFailed, 600, "pf"));
        anna = (await engine.InsightAsync("anna"))!;
        Assert.Equal(["frequency_cap", null, null, null], anna.LastDecisions.Select(item => item.SuppressionReason));
        await engine.Channel.SentAsync(3);
        Assert.Equal(3, engine.Channel.Sent.Select(message => message.DecisionId).Distinct().Count());
    }

    [Fact]
    public async Task Outcome_ThatOnlyBothTogetherShow_IsRecorded()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.Add("anon:v", 0));
        await engine.AdvanceAsync(TimeSpan.FromHours(2));
        await engine.Channel.SentAsync(1);
        await engine.IngestAsync(Make.Order("anna", 130));
        await engine.IngestAsync(Identify("anna", 131));
        var decision = Assert.Single((await engine.InsightAsync("anna"))!.LastDecisions);
        Assert.Equal("recovered", decision.Outcome);
        Assert.Equal("recovered", (await engine.Engine.GetDecisionAsync(decision.DecisionId, CancellationToken.None))!.Summary.Outcome);
        await engine.Engine.AbortAsync();
        await using var second = await engine.RestartAsync();
        Assert.Equal("recovered", Assert.Single((await second.InsightAsync("anna"))!.LastDecisions).Outcome);
    }

    [Fact]
    public async Task Timeline_ShowsBothHistories_AndTheMerge()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.View("anon:v", -10), Make.View("anna", -9));
        await engine.IngestAsync(Identify("anna", 0));
        await engine.IngestAsync(Make.View("anon:v", 1));
        var timeline = (await engine.Engine.GetTimelineAsync(Visitor, 10, CancellationToken.None))!;
        Assert.Equal(
            ["product_viewed", "identified", "merged", "product_viewed", "product_viewed"],
            timeline.Select(entry => entry.Name).ToArray());
        Assert.Equal("anon:v", timeline[2].Detail["customer"]!.GetValue<string>());
        Assert.Equal("anon:v", timeline[0].Detail["sent_as"]!.GetValue<string>());
    }

    [Fact]
    public async Task Merge_OfHistoriesTooLongToFold_JoinsTheStates()
    {
        await using var engine = await new EngineHarness { Options = { MergeEventsMax = 3 } }.StartAsync();
        await engine.IngestAsync(Make.View("anon:v", -10), Make.Add("anon:v", -9), Make.View("anna", -20), Make.Order("anna", -15));
        await engine.IngestAsync(Identify("anna", 0));
        await engine.AdvanceAsync(TimeSpan.FromHours(2));
        await engine.Channel.SentAsync(1);
        var anna = (await engine.InsightAsync("anna"))!;
        Assert.Equal((5L, 1, "abandoned"), (anna.Profile.Events, anna.Profile.Rfm.Frequency, anna.Cart!.State));
        await engine.Engine.AbortAsync();
        await using var second = await engine.RestartAsync();
        InsightAssert.Same(anna, (await second.InsightAsync("anon:v"))! with { MergedInto = null });
    }

    internal static CustomerEvent Identify(string customer, double minutes, string visitor = "v", string? id = null) =>
        Make.Event(customer, EventKind.Identified, minutes, id ?? $"{customer}-id-{minutes}") with
        {
            Visitor = CustomerId.FromVisitor(visitor),
        };

    internal static Task<MergeResult> MergeAsync(EngineHarness engine, string into, string from) => engine.Engine
        .MergeAsync(CustomerId.Parse(into), CustomerId.Parse(from), CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    internal static Task<MergeResult> UnmergeAsync(EngineHarness engine, string into, string from) => engine.Engine
        .UnmergeAsync(CustomerId.Parse(into), CustomerId.Parse(from), CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
}
