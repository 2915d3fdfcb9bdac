using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Simulation.Storage;

namespace RealtimeInsight.Engine.Tests.Embedded;

public sealed class DurabilityTests
{
    [Fact]
    public async Task Restart_AfterACleanStop_ContinuesWithoutReplay()
    {
        await using var first = await new EngineHarness().StartAsync();
        await first.IngestAsync(Make.View("anna", -2), Make.Add("anna", -1), Make.View("ben", -1));
        var before = (await first.InsightAsync("anna"))!;
        await first.DisposeAsync();
        Assert.Equal(first.Store.Open().NextOffset, first.Store.Open().Checkpoint);
        var rows = first.Scorer.Rows;

        await using var second = await first.RestartAsync();
        InsightAssert.Same(before, (await second.InsightAsync("anna"))!);
        Assert.Equal(rows, second.Scorer.Rows);
        Assert.Equal((2L, 1L, 2L), (second.Status.Customers, second.Status.CartsOpen, second.Status.SessionsOpen));
        Assert.Equal(1, (await second.IngestAsync(Make.View("anna", -2))).Duplicates);
        await second.IngestAsync(Make.View("anna", 0));
        Assert.Equal(4, (await second.Engine.GetTimelineAsync(CustomerId.FromUser("anna"), 10, CancellationToken.None))!.Count + 1);
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(3)]
    public async Task Restart_WithAnotherClock_FiresEachDeadlineOnce(int hours)
    {
        var first = await new EngineHarness().StartAsync();
        await first.IngestAsync(Make.Add("anna", 0));
        await first.AdvanceAsync(TimeSpan.FromHours(2));
        await first.Channel.SentAsync(1);
        await first.IngestAsync(Make.Add("ben", 120));
        await first.Engine.AbortAsync();
        first.Time.SetWallClock(TimeSpan.FromHours(hours));
        await using var second = await first.RestartAsync();
        await second.AdvanceAsync(TimeSpan.FromHours(6));
        await second.Channel.SentAsync(2);
        await second.AdvanceAsync(TimeSpan.FromHours(6));
        Assert.Equal(["anna", "ben"], second.Channel.Sent.Select(message => message.CustomerId));
    }

    [Fact]
    public async Task Restart_AfterACrash_GivesTheStateOfAnUninterruptedRun()
    {
        await using var steady = await new EngineHarness().StartAsync();
        await using var crashing = await new EngineHarness().StartAsync();
        var current = crashing;
        for (var i = 0; i < 40; i++)
        {
            var batch = Batch(i);
            await steady.IngestAsync(batch);
            await current.IngestAsync(batch);
            if (i % 7 == 3)
            {
                await Task.WhenAll(steady.AdvanceAsync(TimeSpan.FromMinutes(20)), current.AdvanceAsync(TimeSpan.FromMinutes(20)));
            }

            if (i % 10 != 9) continue;
            await current.Engine.AbortAsync();
            current = await current.RestartAsync(next => next.Options.Shards = 1 + (i % 4));
        }

        foreach (var customer in Enumerable.Range(0, 5).Select(Customer))
        {
            InsightAssert.Same((await steady.InsightAsync(customer))!, (await current.InsightAsync(customer))!);
        }

        AssertSameSends(steady, current);
        await current.DisposeAsync();
    }

    [Fact]
    public async Task Restart_AfterACrash_FiresWhatBecameDueMeanwhile_Once()
    {
        await using var first = await new EngineHarness().StartAsync();
        await first.IngestAsync(Make.Add("anna", 0));
        await first.Engine.AbortAsync();
        first.Time.Advance(TimeSpan.FromHours(3));
        await using var second = await first.RestartAsync();
        await second.SettleAsync();
        await second.Channel.SentAsync(1);
        Assert.Equal((1L, 0L), (second.Status.CartsAbandoned, second.Status.CartsOpen));
        Assert.Equal(Make.At(60), (await second.InsightAsync("anna"))!.Cart!.ChangedAt);
        await second.Engine.AbortAsync();
        await using var third = await second.RestartAsync();
        await third.SettleAsync();
        await third.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Single(third.Channel.Sent);
        Assert.Equal("cart-reminder", Assert.Single((await third.InsightAsync("anna"))!.LastDecisions).Rule);
    }

    [Fact]
    public async Task Crash_BetweenDecisionAndDelivery_SendsAfterRestart()
    {
        var store = new InMemoryStore();
        await using var first = await new EngineHarness(store).StartAsync();
        var tried = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Committed = group => _ = group.Attempts.Count > 0 && tried.TrySetResult();
        first.Channel.Answer = _ => new DeliveryResult(DeliveryStatus.Retry, 503);
        await first.IngestAsync(Make.Event("anna", EventKind.PaymentFailed, 0, "pf"));
        await tried.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await first.Engine.AbortAsync();
        await using var second = await first.RestartAsync(next => next.Channel = new RecordingChannel("log"));
        await second.AdvanceUntilAsync(second.Channel.SentAsync(1), TimeSpan.FromSeconds(1));
        Assert.Equal(first.Channel.Sent[0].DecisionId, second.Channel.Sent[0].DecisionId);
        Assert.Equal(first.Channel.Sent[0].Body.ToArray(), second.Channel.Sent[0].Body.ToArray());
        Assert.Equal(2, second.Channel.Sent[0].Attempt);
    }

    [Fact]
    public async Task Commit_ThatFails_AcknowledgesNothing_UntilItWorks()
    {
        var store = new InMemoryStore();
        await using var engine = await new EngineHarness(store).StartAsync();
        var tried = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.CommitFailure = new StoreUnavailableException("memory: disk is full");
        store.Committing = _ => tried.TrySetResult();
        var ingest = engine.IngestAsync(Make.View("anna", 0));
        await tried.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var retried = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Committing = _ => retried.TrySetResult();
        await engine.AdvanceUntilAsync(retried.Task, TimeSpan.FromSeconds(1));
        Assert.False(ingest.IsCompleted);
        Assert.False(engine.Status.IsReady);
        Assert.Contains("disk is full", Assert.Single(engine.Status.Problems), StringComparison.Ordinal);
        Assert.NotNull(await engine.InsightAsync("anna"));
        var refusal = await Assert.ThrowsAsync<EngineUnavailableException>(() => engine.IngestAsync(Make.View("ben", 0)));
        Assert.Contains("disk is full", refusal.Message, StringComparison.Ordinal);
        store.CommitFailure = null;
        await engine.AdvanceUntilAsync(ingest, TimeSpan.FromSeconds(1));
        Assert.Equal(1, (await ingest).Accepted);
        await engine.SettleAsync();
        Assert.True(engine.Status.IsReady);
        Assert.Single(store.Rows());
    }

    [Fact]
    public async Task Stop_WhileCommitsFail_FailsTheSenders_AndLosesNothingAcknowledged()
    {
        var store = new InMemoryStore();
        await using var engine = await new EngineHarness(store).StartAsync();
        await engine.IngestAsync(Make.View("anna", 0));
        var tried = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.CommitFailure = new StoreUnavailableException("memory: disk is full");
        store.Committing = _ => tried.TrySetResult();
        var ingest = engine.IngestAsync(Make.View("ben", 0));
        await tried.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await engine.DisposeAsync();
        await Assert.ThrowsAsync<EngineUnavailableException>(() => ingest);
        store.CommitFailure = null;
        await using var second = await engine.RestartAsync();
        Assert.NotNull(await second.InsightAsync("anna"));
        Assert.Null(await second.InsightAsync("ben"));
    }

    [Fact]
    public async Task Commit_ThatMeetsDamage_EndsTheIntake()
    {
        var store = new InMemoryStore();
        await using var engine = await new EngineHarness(store).StartAsync();
        store.CommitFailure = new StoreCorruptException("memory", 0, "page 7 is damaged");
        await Assert.ThrowsAsync<EngineUnavailableException>(() => engine.IngestAsync(Make.View("anna", 0)));
        store.CommitFailure = null;
        await Assert.ThrowsAsync<EngineUnavailableException>(() => engine.IngestAsync(Make.View("anna", 1)));
        Assert.Contains("page 7", Assert.Single(engine.Status.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OverADamagedLog_NamesStoreAndOffset()
    {
        var store = new InMemoryStore();
        await using var engine = await new EngineHarness(store).StartAsync();
        await engine.IngestAsync(Make.View("anna", 0));
        await engine.IngestAsync(Make.View("anna", 1));
        await engine.Engine.AbortAsync();
        for (var at = 0; at < store.Rows()[1].Body.Length; at++)
        {
            var position = at;
            store.Damage(1, row => Flip(row, position));
            var error = await Assert.ThrowsAsync<StoreCorruptException>(() => engine.RestartAsync());
            Assert.Equal(("memory", 1L), (error.StoreName, error.Offset));
            store.Damage(1, row => Flip(row, position));
        }

        await using var second = await engine.RestartAsync();
        Assert.Equal(2, (await second.InsightAsync("anna"))!.Profile.Events);
    }

    [Fact]
    public async Task Saving_KeepsOnlySegmentsThatHoldSomebodysNewestState()
    {
        var harness = new EngineHarness();
        harness.Options.SaveInterval = TimeSpan.FromMilliseconds(10);
        harness.Options.SaveStatesMax = 4;
        harness.Options.Shards = 1;
        await using var engine = await harness.StartAsync();
        for (var i = 0; i < 60; i++)
        {
            await engine.IngestAsync([.. Enumerable.Range(0, 8).Select(customer => Make.View(Customer(customer), i))]);
            await engine.AdvanceAsync(TimeSpan.FromMilliseconds(20));
        }

        await engine.DisposeAsync();
        var segments = engine.Store.ReadIndexes().ToList();
        Assert.InRange(segments.Count, 2, 8);
        Assert.Equal(engine.Store.Open().NextOffset, engine.Store.Open().Checkpoint);
        await using var second = await engine.RestartAsync(next => next.Options.Shards = 3);
        for (var customer = 0; customer < 8; customer++) Assert.Equal(60, (await second.InsightAsync(Customer(customer)))!.Profile.Events);
    }

    /// <summary>Events behind a commit wait for all that it holds: a shard that has much to save waits for each of its segments.</summary>
    [Fact]
    public async Task Saving_OfMany_PutsOneSegmentOfAShardIntoACommit()
    {
        var store = new InMemoryStore();
        var harness = new EngineHarness(store);
        (harness.Options.SaveInterval, harness.Options.SaveStatesMax, harness.Options.Shards) = (TimeSpan.FromMilliseconds(10), 4, 1);
        await using var engine = await harness.StartAsync();
        var isSaved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (sum, most) = (0, 0);
        store.Committing = group =>
        {
            (sum, most) = (sum + group.Segments.Count, Math.Max(most, group.Segments.Count));
            if (sum < 100) return;
            store.Committing = null;
            isSaved.SetResult();
        };

        await engine.IngestAsync([.. Enumerable.Range(0, 400).Select(customer => Make.View(Customer(customer), 1))]);
        await engine.AdvanceUntilAsync(isSaved.Task, TimeSpan.FromMilliseconds(20));

        Assert.Equal((100, 1), (sum, most));
        await engine.DisposeAsync();
        Assert.Equal(store.Open().NextOffset, store.Open().Checkpoint);
    }

    [Fact]
    public async Task SlowCommits_HoldTheIntakeBack()
    {
        var store = new InMemoryStore();
        var harness = new EngineHarness(store);
        var options = harness.Options;
        (options.Shards, options.UnitsInFlightMax, options.InboxPartsMax, options.BatchEventsMax) = (1, 1, 1, 1);
        await using var engine = await harness.StartAsync();
        using var gate = new SemaphoreSlim(0);
        var committing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Committing = _ =>
        {
            committing.TrySetResult();
            Assert.True(gate.Wait(TimeSpan.FromSeconds(30)));
        };
        var waiting = Enumerable.Range(0, 20).Select(i => engine.IngestAsync(Make.View("anna", i))).ToList();
        await committing.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await engine.InsightAsync("anna");
        Assert.InRange(engine.Status.EventsAccepted, 1, 2);
        gate.Release(1_000);
        var results = await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(20, results.Sum(result => result.Accepted));
    }

    private static LogRow Flip(LogRow row, int position)
    {
        var body = row.Body.ToArray();
        body[position] ^= 0x10;
        return row with { Body = body };
    }

    private static string Customer(int number) => $"customer-{number}";

    private static CustomerEvent[] Batch(int number)
    {
        var random = new Random(number);
        return
        [
            .. Enumerable.Range(0, 4).Select(i =>
            {
                var minutes = (number * 3) + (random.NextDouble() * 6) - 3;
                EventKind[] kinds = [EventKind.ProductViewed, EventKind.CartAdded, EventKind.OrderCompleted, EventKind.PaymentFailed];
                return Make.Event(Customer(random.Next(5)), kinds[random.Next(kinds.Length)], Math.Round(minutes, 2), $"e{number}-{i}");
            }),
        ];
    }

    /// <summary>The same actions: a send whose result a crash swallowed is repeated under its own id, with the same bytes.</summary>
    private static void AssertSameSends(EngineHarness expected, EngineHarness found)
    {
        foreach (var same in found.Channel.Sent.GroupBy(message => message.DecisionId))
        {
            Assert.Single(same.Select(message => Convert.ToHexString(message.Body.Span)).Distinct());
        }

        Assert.Equal(
            expected.Channel.Sent.Select(message => message.DecisionId).Order(),
            found.Channel.Sent.Select(message => message.DecisionId).Distinct().Order());
    }
}
