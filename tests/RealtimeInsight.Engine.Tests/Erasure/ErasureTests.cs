using System.Text;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Engine.Tests.Embedded;
using RealtimeInsight.Simulation.Storage;

namespace RealtimeInsight.Engine.Tests.Erasure;

public sealed class ErasureTests
{
    private const string Name = "greta-the-erased";
    private const string Visitor = "anon:greta-before";
    private static readonly CustomerId s_customer = CustomerId.Parse(Name);

    [Fact]
    public async Task Erase_Customer_IsFoundByNobody_AndNothingOfItIsLeftInTheStore()
    {
        var store = new InMemoryStore();
        await using var engine = await WithCustomerAsync(store);
        var other = await engine.InsightAsync("bea");
        Assert.True(Holds(store, "greta"));

        var result = await EraseAsync(engine);

        Assert.Equal((2, 2, 1), (result!.Ids, result.Decisions, result.Rejects));
        Assert.Equal(11, result.Records);
        await AssertGoneAsync(engine, store);
        Assert.Equal(0, engine.Status.ActionsPending);
        Assert.Equal(other!.Profile.Events, (await engine.InsightAsync("bea"))!.Profile.Events);
        Assert.Contains(await TimelineAsync(engine, "bea") ?? [], static entry => entry.Type == "event");
        Assert.Null(await EraseAsync(engine));

        await engine.Engine.AbortAsync();
        await using var again = await engine.RestartAsync();
        await AssertGoneAsync(again, store);
        Assert.Equal(1, again.Status.Customers);
        Assert.Equal(other.Profile.Events, (await again.InsightAsync("bea"))!.Profile.Events);
    }

    [Fact]
    public async Task Resend_OfWhatWasErased_BringsNothingBack_AndANewEventBeginsAnew_AlsoAfterARestart()
    {
        var store = new InMemoryStore();
        await using var engine = await WithCustomerAsync(store);
        await EraseAsync(engine);

        Assert.Equal(2, (await engine.IngestAsync(Make.View(Name, 1), Make.View(Visitor, 0))).Duplicates);
        await AssertGoneAsync(engine, store);
        var later = (engine.Time.GetUtcNow() - EngineHarness.Start).TotalMinutes + 1;
        Assert.Equal(1, (await engine.IngestAsync(Make.View(Name, later), Make.View(Name, 2))).Accepted);
        Assert.Equal(1, (await engine.InsightAsync(Name))!.Profile.Events);
        Assert.Null(await engine.InsightAsync(Visitor));

        await engine.Engine.AbortAsync();
        await using var again = await engine.RestartAsync();
        Assert.Equal(1, (await again.InsightAsync(Name))!.Profile.Events);
        Assert.Single(await TimelineAsync(again, Name) ?? []);
        Assert.Equal(1, (await again.IngestAsync(Make.View(Name, 3))).Duplicates);

        await EraseAsync(again);
        await AssertGoneAsync(again, store);
    }

    [Fact]
    public async Task Erase_CutOffAtAnyCommit_IsDoneByTheNextStart_OrAskedForAgain()
    {
        var cuts = 0;
        for (var commit = 1; await ErasesAfterACutAsync(commit); commit++) cuts++;

        // The two ids' records, two decisions, states, rows and marks.
        Assert.InRange(cuts, 7, 200);
    }

    [Fact]
    public async Task Erase_OfManyIds_ReadsTheIndexesOfSavedStatesOnce()
    {
        var store = new InMemoryStore();
        await using var engine = await WithCustomerAsync(store);
        foreach (var visitor in (string[])["anon:greta-second", "anon:greta-third"])
        {
            await engine.IngestAsync(Make.View(visitor, 121));
            await engine.Engine.MergeAsync(s_customer, CustomerId.Parse(visitor), CancellationToken.None);
        }

        // Every id has a saved state.
        for (var step = 0; step < 10; step++) await engine.AdvanceAsync(TimeSpan.FromSeconds(5));
        var before = store.IndexReads;
        Assert.True(Holds(store, "greta-third"));
        var checks = store.IndexReads - before;

        var result = await EraseAsync(engine);

        Assert.Equal(4, result!.Ids);
        Assert.Equal(checks + 1, store.IndexReads - before);
        await AssertGoneAsync(engine, store);
    }

    [Theory]
    [InlineData("greta", "userId", "greta")]
    [InlineData("anon:greta-7", "anonymousId", "greta-7")]
    public async Task Erase_OfAnIdThatNeverBecameACustomer_TakesItsRejects(string id, string field, string value)
    {
        var store = new InMemoryStore();
        await using var engine = await new EngineHarness(store).StartAsync();
        RejectedItem[] rejects =
        [
            new RejectedItem(Make.At(0), "http", 0, "bad", "m", $$"""{"{{field}}":"{{value}}"}"""),
            new RejectedItem(Make.At(0), "http", 1, "bad", "m", $$"""{"{{field}}":"{{value}} of another"}"""),
        ];
        await engine.Engine.IngestAsync(new IngestBatch([], rejects), CancellationToken.None);

        var customer = CustomerId.Parse(id);
        var result = await engine.EraseAsync(customer);

        Assert.Equal(new ErasureResult(Ids: 0, Records: 0, States: 0, Decisions: 0, Rejects: 1), result);
        var left = Assert.Single(store.ReadRejects(new RejectFilter { Source = "http" }, long.MaxValue, 10));
        Assert.Contains("of another", left.Item.Payload, StringComparison.Ordinal);
        Assert.Null(await engine.EraseAsync(customer));
        Assert.Empty(store.ReadErased());
    }

    [Fact]
    public async Task Erase_OfACustomer_TakesRejectsThatNameAVisitorMergedIntoIt()
    {
        var store = new InMemoryStore();
        await using var engine = await WithCustomerAsync(store);
        var reject = new RejectedItem(Make.At(4), "http", 0, "bad", "m", $$"""{"anonymousId":"{{Visitor["anon:".Length..]}}"}""");
        await engine.Engine.IngestAsync(new IngestBatch([], [reject]), CancellationToken.None);

        Assert.Equal(2, (await EraseAsync(engine))!.Rejects);

        await AssertGoneAsync(engine, store);
    }

    [Fact]
    public async Task Erase_OfAnUnknownId_IsToldSo()
    {
        await using var engine = await new EngineHarness().StartAsync();

        Assert.Null(await EraseAsync(engine));
    }

    /// <summary>False when the erasure ends before that many commits.</summary>
    private static async Task<bool> ErasesAfterACutAsync(int commit)
    {
        var store = new InMemoryStore();
        await using var engine = await WithCustomerAsync(store);
        var left = commit;
        store.Committing = group =>
        {
            if (group.Controls.Count + group.Segments.Count == 0 || --left != 0) return;
            throw new InvalidOperationException("the process is killed here");
        };
        try
        {
            await EraseAsync(engine);
        }
        catch (EngineUnavailableException)
        {
            // Killed.
        }

        await engine.Engine.AbortAsync();
        store.Committing = null;
        await using var again = await engine.RestartAsync();
        if (await again.InsightAsync(Name) is not null || await again.InsightAsync(Visitor) is not null) await EraseAsync(again);
        await again.AdvanceUntilErasedAsync(again.Engine.Erased);
        await AssertGoneAsync(again, store);
        Assert.DoesNotContain(store.ReadErased(), static row => !row.IsDone);
        Assert.Equal(2, (await again.InsightAsync("bea"))!.Profile.Events);
        return left <= 0;
    }

    /// <summary>A customer that was a visitor first, with two decisions and a reject, beside another.</summary>
    private static async Task<EngineHarness> WithCustomerAsync(InMemoryStore store)
    {
        var attempted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var attempts = 0;
        store.Committed = group =>
        {
            if ((attempts += group.Attempts.Count) == 2) attempted.TrySetResult();
        };
        var engine = await new EngineHarness(store).StartAsync();
        await engine.IngestAsync(Make.View(Visitor, 0), Make.View(Visitor, 0.1), Make.View("bea", 0));
        await engine.Engine.MergeAsync(s_customer, CustomerId.Parse(Visitor), CancellationToken.None);
        await engine.IngestAsync(Make.View(Name, 1), Make.View(Name, 2), Make.View("bea", 1), Make.View(Visitor, 2.5));
        await engine.IngestAsync(Make.Event(Name, EventKind.PaymentFailed, 3, "failed-1"));
        await engine.AdvanceAsync(TimeSpan.FromHours(2));
        await engine.IngestAsync(Make.Event(Name, EventKind.PaymentFailed, 120, "failed-2"));
        await attempted.Task.WaitAsync(Erasing.Patience);
        store.Committed = null;
        await engine.Engine.IngestAsync(
            new IngestBatch([], [new RejectedItem(Make.At(4), "http", 0, "bad", "m", $$"""{"userId":"{{Name}}"}""")]),
            CancellationToken.None);
        await engine.SettleAsync();
        return engine;
    }

    private static Task<ErasureResult?> EraseAsync(EngineHarness engine) => engine.EraseAsync(s_customer);

    private static async Task AssertGoneAsync(EngineHarness engine, InMemoryStore store)
    {
        Assert.Null(await engine.InsightAsync(Name));
        Assert.Null(await engine.InsightAsync(Visitor));
        Assert.Null(await TimelineAsync(engine, Name));
        Assert.Empty(store.ReadAliases());
        Assert.False(Holds(store, "greta"));
    }

    /// <summary>Looks for the text in everything that the store has.</summary>
    private static bool Holds(InMemoryStore store, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        bool In(ReadOnlySpan<byte> data) => data.IndexOf(bytes) >= 0;
        var isFound = store.Rows().Any(row => In(row.Body.Span)) || store.Stored().Any(part => In(part.Span));
        foreach (var index in store.ReadIndexes())
        {
            for (var i = 0; i < index.Count; i++)
            {
                store.ReadPages([new StatePageName(index.Number, index[i].Page)], (_, page) => isFound |= In(page));
            }
        }

        var rejects = store.ReadRejects(new RejectFilter(), long.MaxValue, int.MaxValue);
        return isFound || rejects.Any(reject => In(Encoding.UTF8.GetBytes(reject.Item.Payload)));
    }

    private static async Task<IReadOnlyList<TimelineEntry>?> TimelineAsync(EngineHarness engine, string customer) =>
        await engine.Engine.GetTimelineAsync(CustomerId.Parse(customer), 100, CancellationToken.None).AsTask().WaitAsync(Erasing.Patience);
}
