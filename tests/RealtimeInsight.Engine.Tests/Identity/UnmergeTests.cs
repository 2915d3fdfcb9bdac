using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Engine.Tests.Embedded;
using RealtimeInsight.Simulation.Storage;

namespace RealtimeInsight.Engine.Tests.Identity;

public sealed class UnmergeTests
{
    [Fact]
    public async Task Unmerge_GivesBothTheirOwnEventsBack_AlsoThoseSentSinceTheMerge()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await using var apart = await new EngineHarness { Options = { MergeAutomatically = false } }.StartAsync();
        foreach (var batch in Batches())
        {
            await engine.IngestAsync(batch);
            await apart.IngestAsync(batch);
        }

        Assert.Equal(new MergeResult(MergeOutcome.Unmerged, "anon:v"), await MergeTests.UnmergeAsync(engine, "anna", "anon:v"));

        await CheckAsync(engine, apart);
        await engine.Engine.AbortAsync();
        await using var second = await engine.RestartAsync(next => next.Options.Shards = 3);
        await CheckAsync(second, apart);

        // Nothing merges them again but a request.
        CustomerEvent[] later = [Make.View("anon:v", 20), MergeTests.Identify("anna", 21)];
        await second.IngestAsync(later);
        await apart.IngestAsync(later);
        await CheckAsync(second, apart);
        Assert.Equal(MergeOutcome.NothingToDo, (await MergeTests.UnmergeAsync(second, "anna", "anon:v")).Outcome);
        Assert.Equal(MergeOutcome.Merged, (await MergeTests.MergeAsync(second, "anna", "anon:v")).Outcome);
        Assert.Equal(9, (await second.InsightAsync("anon:v"))!.Profile.Events);
        Assert.Equal(MergeOutcome.Unmerged, (await MergeTests.UnmergeAsync(second, "anna", "anon:v")).Outcome);
        await CheckAsync(second, apart);
        Assert.Equal(2, second.Status.Customers);
    }

    [Fact]
    public async Task Unmerge_OfAChain_ComesOutFromTheTop()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.View("anna", 0), Make.View("ben", 1), Make.View("carl", 2));
        await MergeTests.MergeAsync(engine, "ben", "anna");
        await MergeTests.MergeAsync(engine, "carl", "ben");
        await engine.IngestAsync(Make.View("anna", 3), Make.View("ben", 4), Make.View("carl", 5));

        Assert.Equal(new MergeResult(MergeOutcome.BelongsToAnother, "ben"), await MergeTests.UnmergeAsync(engine, "carl", "anna"));
        Assert.Equal(new MergeResult(MergeOutcome.Unmerged, "ben"), await MergeTests.UnmergeAsync(engine, "carl", "ben"));
        Assert.Equal((4L, 2L), (await EventsAsync(engine, "anna"), await EventsAsync(engine, "carl")));
        Assert.Equal("ben", (await engine.InsightAsync("anna"))!.MergedInto);
        Assert.Equal(MergeOutcome.Unmerged, (await MergeTests.UnmergeAsync(engine, "ben", "anna")).Outcome);
        Assert.Equal((2L, 2L), (await EventsAsync(engine, "anna"), await EventsAsync(engine, "ben")));
    }

    [Fact]
    public async Task Unmerge_OfAHistoryThatIsTooLong_IsRefused()
    {
        await using var engine = await new EngineHarness { Options = { MergeEventsMax = 3 } }.StartAsync();
        await engine.IngestAsync(Make.View("anon:v", 0), MergeTests.Identify("anna", 1), Make.View("anna", 2), Make.View("anna", 3));
        Assert.Equal(new MergeResult(MergeOutcome.TooLong, "anna"), await MergeTests.UnmergeAsync(engine, "anna", "anon:v"));
        Assert.Equal(4, await EventsAsync(engine, "anon:v"));
    }

    [Fact]
    public async Task Unmerge_KeepsDecisionsWithTheirCarts()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.Add("anon:v", 0), Make.View("anna", 0));
        await engine.AdvanceAsync(TimeSpan.FromHours(2));
        await engine.IngestAsync(MergeTests.Identify("anna", 120));
        await engine.IngestAsync(Make.Order("anna", 121), Make.Event("anna", EventKind.CartAdded, 122, "own", "p2"));
        await engine.AdvanceAsync(TimeSpan.FromHours(2));
        Assert.Equal(2, (await engine.InsightAsync("anna"))!.LastDecisions.Count);
        await MergeTests.UnmergeAsync(engine, "anna", "anon:v");
        var (anna, visitor) = ((await engine.InsightAsync("anna"))!, (await engine.InsightAsync("anon:v"))!);
        Assert.Equal(("recovered", null), (Assert.Single(visitor.LastDecisions).Outcome, Assert.Single(anna.LastDecisions).Outcome));
        Assert.True(visitor.LastDecisions[0].DecidedAt < Make.At(121) && anna.LastDecisions[0].DecidedAt > Make.At(121));
    }

    /// <summary>A crash right after the first step of a merge, then of an un-merge: the next start takes the second.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Crash_BetweenTheTwoSteps_IsFinishedAtTheNextStart(bool isUnmerge)
    {
        var store = new InMemoryStore();
        var harness = new EngineHarness(store) { Options = { CommitUnitsMax = 1 } };
        var engine = await harness.StartAsync();
        await engine.IngestAsync(Make.Add("anon:v", 0), Make.View("anna", 1));
        if (isUnmerge) await MergeTests.MergeAsync(engine, "anna", "anon:v");
        var isCommitted = false;
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Committing = group =>
        {
            if (isCommitted)
            {
                failed.TrySetResult();
                store.CommitFailure = new StoreUnavailableException("memory: gone");
            }

            isCommitted |= group.Aliases.Count > 0;
        };
        var asked = isUnmerge ? MergeTests.UnmergeAsync(engine, "anna", "anon:v") : MergeTests.MergeAsync(engine, "anna", "anon:v");
        await failed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await engine.Engine.AbortAsync();
        await Assert.ThrowsAsync<EngineUnavailableException>(() => asked);
        (store.Committing, store.CommitFailure) = (null, null);

        for (var start = 0; start < 2; start++)
        {
            engine = await engine.RestartAsync(next => next.Options.Shards = 2 + start);
            var visitor = (await engine.InsightAsync("anon:v"))!;
            Assert.Equal(isUnmerge ? (1L, null) : (2L, "anna"), (visitor.Profile.Events, visitor.MergedInto));
            Assert.Equal(isUnmerge ? 1 : 2, await EventsAsync(engine, "anna"));
            Assert.Equal((isUnmerge ? 2 : 1, 1L), (engine.Status.Customers, engine.Status.CartsOpen));
            await engine.Engine.AbortAsync();
        }
    }

    private static CustomerEvent[][] Batches() =>
    [
        [Make.View("anon:v", -10), Make.Add("anon:v", -9), Make.View("anna", -8)],
        [MergeTests.Identify("anna", 0), Make.View("anon:v", 1)],
        [Make.Event("anna", EventKind.CartAdded, 2, "a2", "p2"), Make.View("anon:v", -3, "late")],
    ];

    private static async Task<long> EventsAsync(EngineHarness engine, string id) => (await engine.InsightAsync(id))!.Profile.Events;

    private static async Task CheckAsync(EngineHarness found, EngineHarness expected)
    {
        foreach (var id in (string[])["anna", "anon:v"])
        {
            InsightAssert.Same((await expected.InsightAsync(id))!, (await found.InsightAsync(id))!);
            var (one, other) = (await TimelineAsync(expected, id), await TimelineAsync(found, id));
            Assert.Equal(one, other);
        }

        Assert.Equal(expected.Status.CartsOpen, found.Status.CartsOpen);
    }

    private static async Task<string[]> TimelineAsync(EngineHarness engine, string id) =>
    [
        .. (await engine.Engine.GetTimelineAsync(CustomerId.Parse(id), 100, CancellationToken.None))!
            .Where(entry => entry.Type == "event").Select(entry => entry.Detail["message_id"]!.GetValue<string>()),
    ];
}
