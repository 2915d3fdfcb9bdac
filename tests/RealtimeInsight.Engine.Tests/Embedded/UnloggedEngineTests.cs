using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Simulation.Storage;

namespace RealtimeInsight.Engine.Tests.Embedded;

/// <summary>An engine that keeps no events: <see cref="EngineOptions.KeepLog"/> is false.</summary>
public sealed class UnloggedEngineTests
{
    [Fact]
    public async Task Events_AreApplied_ScoredAndDecidedAbout_AndNothingIsLoggedOrSaved()
    {
        var store = new InMemoryStore();
        await using var engine = await StartAsync(store);
        await engine.IngestAsync(Make.View("anna", -2), Make.Add("anna", -1), Make.View("ben", -1));
        var again = await engine.IngestAsync(Make.Add("anna", -1), Make.View("anna", 0));
        await engine.AdvanceAsync(TimeSpan.FromHours(2));
        await engine.Channel.SentAsync(1);
        await engine.AdvanceAsync(TimeSpan.FromHours(2));

        Assert.Equal([EventOutcome.Duplicate, EventOutcome.Accepted], again.Outcomes);
        var anna = (await engine.InsightAsync("anna"))!;
        Assert.Equal((3L, "abandoned"), (anna.Profile.Events, anna.Cart!.State));
        Assert.NotNull(anna.Scores);
        var sent = Assert.Single(engine.Channel.Sent);
        Assert.Equal("anna", sent.CustomerId);
        var decision = await engine.Engine.GetDecisionAsync(sent.DecisionId, CancellationToken.None);
        Assert.Equal("anna", decision!.CustomerId);
        Assert.Equal((2L, 4L, 1L), (engine.Status.Customers, engine.Status.EventsAccepted, engine.Status.CartsAbandoned));
        Assert.Empty((await engine.Engine.GetTimelineAsync(CustomerId.FromUser("anna"), 10, CancellationToken.None))!);
        Assert.Empty(store.Rows());
        Assert.Empty(store.ReadIndexes());
    }

    [Fact]
    public async Task IdleCustomer_TakesLess_AndGoesOnAsBefore()
    {
        await using var engine = await StartAsync(new InMemoryStore());
        for (var i = 0; i < 20; i++) await engine.IngestAsync(Make.View("anna", i));
        var active = engine.Status.ResidentBytes;
        await engine.AdvanceAsync(TimeSpan.FromHours(1));
        await engine.AdvanceAsync(TimeSpan.FromMinutes(1));
        await engine.SettleAsync();

        Assert.InRange(engine.Status.ResidentBytes, 1, active * 2 / 3);
        Assert.Equal(1, (await engine.IngestAsync(Make.View("anna", 5))).Duplicates);
        await engine.IngestAsync(Make.View("anna", 62));
        Assert.Equal(21, (await engine.InsightAsync("anna"))!.Profile.Events);
    }

    [Fact]
    public async Task LateEvent_CountsAsOfNow()
    {
        await using var engine = await StartAsync(new InMemoryStore());
        await engine.IngestAsync(Make.View("anna", -1), Make.View("anna", 0));
        var late = await engine.IngestAsync(Make.View("anna", -5));

        Assert.Equal(1, late.Accepted);
        var anna = (await engine.InsightAsync("anna"))!;
        Assert.Equal((3L, Make.At(-1)), (anna.Profile.Events, anna.Profile.FirstSeen));
    }

    [Fact]
    public async Task Merge_JoinsTheStates_AndCannotBeUndone()
    {
        await using var engine = await StartAsync(new InMemoryStore());
        await engine.IngestAsync(Make.View("anon:v", -10), Make.Add("anon:v", -9), Make.View("anna", -20));
        var (into, from) = (CustomerId.FromUser("anna"), CustomerId.FromVisitor("v"));
        var merged = await engine.Engine.MergeAsync(into, from, CancellationToken.None);
        await engine.IngestAsync(Make.View("anon:v", 0));
        var parted = await engine.Engine.UnmergeAsync(into, from, CancellationToken.None);

        Assert.Equal((MergeOutcome.Merged, MergeOutcome.TooLong), (merged.Outcome, parted.Outcome));
        var anna = (await engine.InsightAsync("anon:v"))!;
        Assert.Equal(("anna", 4L, "open"), (anna.CustomerId, anna.Profile.Events, anna.Cart!.State));
        Assert.Equal(1, engine.Status.Customers);
    }

    [Fact]
    public async Task Restart_BeginsAnew_AndAStoreWithCustomersIsRefused()
    {
        var store = new InMemoryStore();
        var unlogged = await StartAsync(store);
        await unlogged.IngestAsync(Make.View("anna", 0));
        await unlogged.DisposeAsync();
        await using (var next = await unlogged.RestartAsync(static next => next.Options.KeepLog = false))
        {
            Assert.Equal(0, next.Status.Customers);
        }

        await using (var logged = await unlogged.RestartAsync()) await logged.IngestAsync(Make.View("anna", 0));
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(
            () => unlogged.RestartAsync(static next => next.Options.KeepLog = false));
        Assert.Contains("name another data directory", refused.Message, StringComparison.Ordinal);
    }

    private static Task<EngineHarness> StartAsync(InMemoryStore store)
    {
        var engine = new EngineHarness(store);
        engine.Options.KeepLog = false;
        return engine.StartAsync();
    }
}
