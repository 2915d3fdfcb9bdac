using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Engine.Tests.Embedded;
using RealtimeInsight.Simulation.Storage;

namespace RealtimeInsight.Engine.Tests.Retention;

public sealed class RetentionTests
{
    private const double Day = 24 * 60;

    [Fact]
    public async Task History_OlderThanItIsKept_Goes_AndTheTimelineSaysSo_AndTheCustomerStays()
    {
        var store = new InMemoryStore();
        await using var engine = await WithOldHistoryAsync(store);
        var before = await engine.InsightAsync("anna");

        await RoundsAsync(engine, 3);

        Assert.True(store.Rows()[0].FirstOffset > 0);
        Assert.Equal(store.Rows()[0].FirstOffset, engine.Engine.Parts!.Log.Start);
        AssertSameCustomer(before!, (await engine.InsightAsync("anna"))!);
        var timeline = await TimelineAsync(engine, "anna");
        Assert.Equal(("history", "not_kept"), (timeline[^1].Type, timeline[^1].Name));
        Assert.Equal(Make.At(0), timeline[^1].At);
        Assert.DoesNotContain(timeline, entry => entry.Type == "event");
        Assert.DoesNotContain(await TimelineAsync(engine, "bea"), entry => entry.Type == "history");
    }

    /// <summary>A customer whose older records are gone goes on as one whose history is too long to be folded again.</summary>
    [Fact]
    public async Task LateEvent_OfAHistoryThatIsCut_GoesToItsEnd_AlsoAfterACrash()
    {
        var store = new InMemoryStore();
        await using var engine = await WithOldHistoryAsync(store);
        await RoundsAsync(engine, 3);

        await engine.IngestAsync(Make.View("anna", 10 * Day));
        Assert.Equal([EventOutcome.Accepted], (await engine.IngestAsync(Make.View("anna", (10 * Day) - 60))).Outcomes);
        Assert.Equal(EventOutcome.Duplicate, (await engine.IngestAsync(Make.View("anna", 10 * Day))).Outcomes[0]);
        var before = await engine.InsightAsync("anna");
        var served = await engine.Engine.ExplainAsync(CustomerId.Parse("anna"), ScoreHead.Churn, CancellationToken.None);
        Assert.NotNull(served);
        await engine.Engine.AbortAsync();

        await using var again = await engine.RestartAsync();
        InsightAssert.Same(before!, (await again.InsightAsync("anna"))!);
        Assert.Equal("history", (await TimelineAsync(again, "anna"))[^1].Type);
    }

    [Fact]
    public async Task Crash_BetweenTwoRowsThatGo_LosesNothingElse_AndTheRestGoesLater()
    {
        var store = new InMemoryStore();
        await using var engine = await WithOldHistoryAsync(store, rowsMax: 1);
        var before = await engine.InsightAsync("anna");
        var trims = 0;
        store.Committing = group =>
        {
            if (!group.Controls.OfType<TrimLogRow>().Any() || ++trims != 2) return;
            throw new InvalidOperationException("the process is killed here");
        };
        await Assert.ThrowsAsync<EngineUnavailableException>(() => RoundsAsync(engine, 6));
        Assert.Equal(2, trims);
        await engine.Engine.AbortAsync();
        store.Committing = null;
        var start = store.Rows()[0].FirstOffset;
        Assert.True(start > 0);

        await using var again = await engine.RestartAsync();
        Assert.Equal(start, again.Engine.Parts!.Log.Start);
        await RoundsAsync(again, 3);
        Assert.True(store.Rows()[0].FirstOffset > start);
        AssertSameCustomer(before!, (await again.InsightAsync("anna"))!);
    }

    /// <summary>A start would fold a late event again, so its history stays until that event is in a saved state.</summary>
    [Fact]
    public async Task Rows_ThatAReplayWouldRead_StayUntilTheCheckpointHasPassed()
    {
        var store = new InMemoryStore();
        var first = new EngineHarness(store);
        first.Options.SaveInterval = TimeSpan.FromHours(1);
        await using var engine = await WithOldHistoryAsync(first);
        await engine.IngestAsync(Make.View("anna", 10 * Day));
        await engine.IngestAsync(Make.View("anna", (10 * Day) - 60));
        await RoundsAsync(engine, 2);
        var before = await engine.InsightAsync("anna");

        // Said, and not done: both events are in the log only.
        Assert.Equal(0, store.Rows()[0].FirstOffset);
        Assert.True(engine.Engine.Parts!.Log.Start > 0);
        await engine.Engine.AbortAsync();

        await using var again = await engine.RestartAsync(next => next.Options.SaveInterval = TimeSpan.FromSeconds(10));
        InsightAssert.Same(before!, (await again.InsightAsync("anna"))!);
        await RoundsAsync(again, 3);
        Assert.True(store.Rows()[0].FirstOffset > 0);
    }

    [Fact]
    public async Task Decisions_AndSettledActions_GoByTheirAge_AndWhatWaitsStays()
    {
        var store = new InMemoryStore();
        var first = new EngineHarness(store);
        // The receiver asks for weeks: what waits for it still waits when the others are old enough to go.
        first.Options.Outbox.RetryAfterMax = TimeSpan.FromDays(7);
        var channel = new RecordingChannel("log")
        {
            Answer = static message => message.CustomerId switch
            {
                "anna" => DeliveryResult.Delivered,
                "bea" => new DeliveryResult(DeliveryStatus.Failed),
                _ => new DeliveryResult(DeliveryStatus.Retry, RetryAfter: TimeSpan.FromDays(7)),
            },
        };
        await using var engine = await StartAsync(first, channel);
        await IngestAttemptedAsync(engine, store, "anna", "bea");
        await IngestAttemptedAsync(engine, store, "carl");
        await engine.SettleAsync();
        var sent = channel.Sent.ToLookup(static message => message.CustomerId, static message => message.DecisionId);
        string[] ids = [sent["anna"].First(), sent["bea"].First(), sent["carl"].First()];
        Assert.Equal((1, 1), (engine.Status.DeadLetters, engine.Status.ActionsPending));

        await AgeAsync(engine, days: 2);
        await RoundsAsync(engine, 1);
        Assert.Null(store.FindOutbox(ids[0]));
        Assert.Null(store.FindOutbox(ids[1]));
        Assert.Equal("sent", (await DecisionAsync(engine, ids[0]))!.Summary.Status);
        Assert.Equal("dead", (await DecisionAsync(engine, ids[1]))!.Summary.Status);
        Assert.Equal((0, 1), (engine.Status.DeadLetters, engine.Status.ActionsPending));

        await AgeAsync(engine, days: 10);
        await RoundsAsync(engine, 1);
        Assert.Null(await DecisionAsync(engine, ids[0]));
        Assert.Null(await DecisionAsync(engine, ids[1]));
        Assert.NotNull(await DecisionAsync(engine, ids[2]));
    }

    [Fact]
    public async Task ClockThatJumpsAhead_LetsNothingGo()
    {
        var store = new InMemoryStore();
        await using var engine = await StartAsync(new EngineHarness(store), null);
        await engine.IngestAsync(Make.View("anna", 0));
        await engine.AdvanceAsync(TimeSpan.FromDays(800));
        await engine.IngestAsync(Make.View("anna", 1));
        await RoundsAsync(engine, 3);

        Assert.Equal(0, store.Rows()[0].FirstOffset);
    }

    [Fact]
    public async Task Unmerge_OfAHistoryThatIsCut_IsToldTooLong()
    {
        var store = new InMemoryStore();
        await using var engine = await StartAsync(new EngineHarness(store), null);
        await engine.IngestAsync(Make.View("anna", 0), Make.View("ben", 0));
        await engine.Engine.MergeAsync(CustomerId.Parse("anna"), CustomerId.Parse("ben"), CancellationToken.None);
        await AgeAsync(engine, days: 10);
        await RoundsAsync(engine, 3);
        Assert.True(store.Rows()[0].FirstOffset > 0);

        var result = await engine.Engine.UnmergeAsync(CustomerId.Parse("anna"), CustomerId.Parse("ben"), CancellationToken.None);
        Assert.Equal(MergeOutcome.TooLong, result.Outcome);
    }

    private static Task<EngineHarness> WithOldHistoryAsync(InMemoryStore store, int rowsMax = 64)
    {
        var engine = new EngineHarness(store);
        engine.Options.Retention.RowsMax = rowsMax;
        return WithOldHistoryAsync(engine);
    }

    /// <summary>Anna's history is ten days older than bea's, which is the newest.</summary>
    private static async Task<EngineHarness> WithOldHistoryAsync(EngineHarness harness)
    {
        var engine = await StartAsync(harness, null);
        for (var i = 0; i < 5; i++) await engine.IngestAsync(Make.View("anna", i), Make.Add("anna", i + 0.5));
        await AgeAsync(engine, days: 10);
        return engine;
    }

    private static Task<EngineHarness> StartAsync(EngineHarness engine, RecordingChannel? channel)
    {
        engine.Options.Retention.KeepEvents = TimeSpan.FromDays(7);
        engine.Options.Retention.KeepSettled = TimeSpan.FromDays(1);
        return engine.StartAsync(channel);
    }

    private static async Task AgeAsync(EngineHarness engine, int days)
    {
        await engine.AdvanceAsync(TimeSpan.FromDays(days));
        var now = (engine.Time.GetUtcNow() - EngineHarness.Start).TotalMinutes;
        await engine.IngestAsync(Make.View("bea", now));
    }

    /// <summary>A failed payment of each, whose action is attempted once; the attempts are in the store.</summary>
    private static async Task IngestAttemptedAsync(EngineHarness engine, InMemoryStore store, params string[] customers)
    {
        var attempted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var attempts = 0;
        store.Committed = group =>
        {
            if ((attempts += group.Attempts.Count) >= customers.Length) attempted.TrySetResult();
        };
        foreach (var customer in customers)
        {
            await engine.IngestAsync(Make.Event(customer, EventKind.PaymentFailed, 0, $"failed-{customer}"));
        }

        await attempted.Task.WaitAsync(TimeSpan.FromMinutes(2));
        store.Committed = null;
    }

    /// <summary>Looks at what is old, one time after the other.</summary>
    private static async Task RoundsAsync(EngineHarness engine, int count)
    {
        for (var round = 0; round < count; round++)
        {
            await engine.AdvanceAsync(engine.Options.Retention.Interval);
            await engine.Engine.Retention!.Round.WaitAsync(TimeSpan.FromMinutes(2));
        }
    }

    /// <summary>All that does not depend on the hour.</summary>
    private static void AssertSameCustomer(CustomerInsight expected, CustomerInsight found)
    {
        Assert.Equal((expected.Profile.Events, expected.Profile.Sessions), (found.Profile.Events, found.Profile.Sessions));
        Assert.Equal(expected.Profile.EventsPerKind, found.Profile.EventsPerKind);
        Assert.Equal(expected.LastEvents, found.LastEvents);
        Assert.Equal(expected.Scores! with { AgeSeconds = 0 }, found.Scores! with { AgeSeconds = 0 });
        Assert.Equal(expected.Cart!.Lines, found.Cart!.Lines);
    }

    private static async Task<IReadOnlyList<TimelineEntry>> TimelineAsync(EngineHarness engine, string customer) =>
        (await engine.Engine.GetTimelineAsync(CustomerId.Parse(customer), 100, CancellationToken.None))!;

    private static async Task<DecisionView?> DecisionAsync(EngineHarness engine, string id) =>
        await engine.Engine.GetDecisionAsync(id, CancellationToken.None);
}
