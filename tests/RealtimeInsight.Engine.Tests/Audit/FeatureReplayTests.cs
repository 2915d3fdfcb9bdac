using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Audit;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Engine.Tests.Embedded;
using RealtimeInsight.Simulation.Storage;

namespace RealtimeInsight.Engine.Tests.Audit;

/// <summary>The features that decided are the features that the log gives, to the bit.</summary>
public sealed class FeatureReplayTests
{
    private static readonly EventKind[] Kinds =
    [
        EventKind.ProductViewed, EventKind.CartAdded, EventKind.CartRemoved, EventKind.OrderCompleted, EventKind.PaymentFailed,
        EventKind.Searched, EventKind.ReviewPosted,
    ];

    /// <summary>Over histories in any order, with deadlines, a crash and any number of shards.</summary>
    [Fact]
    public void Replay_OfALog_GivesTheFeaturesOfEveryDecision()
    {
        var compared = 0;
        Prop.ForAll(Histories(), ArbMap.Default.ArbFor<PositiveInt>(), (history, point) =>
        {
            using var store = new InMemoryStore();
            RunAsync(store, history, crashAfter: point.Get % (history.Length + 1)).GetAwaiter().GetResult();
            var verdict = Replay(store, new CustomerOptions());
            Assert.Equal(0, verdict.Mismatches);
            compared += verdict.Compared;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

        Assert.True(compared > 100, $"only {compared} decisions were compared");
    }

    [Fact]
    public async Task Replay_WithOtherSettings_FindsTheDifference()
    {
        using var store = new InMemoryStore();
        await RunAsync(
            store, [Make.View("c1", 0), Make.View("c1", 20), Make.Event("c1", EventKind.PaymentFailed, 40, "failed")], crashAfter: -1);

        // The payment, then three levels of dormancy.
        Assert.Equal(new ReplayVerdict(4, 0), Replay(store, new CustomerOptions()));
        Assert.Equal(new ReplayVerdict(4, 4), Replay(store, new CustomerOptions { SessionGap = TimeSpan.FromMinutes(5) }));
    }

    [Fact]
    public async Task Engine_WhileItRuns_ReplaysTheNewestDecision()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await engine.IngestAsync(Make.Add("c1", 0), Make.Event("c1", EventKind.PaymentFailed, 0.1, "failed"));
        await engine.StepAsync();
        await engine.AdvanceAsync(engine.Options.AuditInterval);

        Assert.Equal((1, 0), (engine.Status.FeaturesCompared, engine.Status.FeatureMismatches));
        Assert.Empty(engine.Status.Problems);

        // Nothing new was decided: nothing is compared twice.
        await engine.AdvanceAsync(engine.Options.AuditInterval);
        Assert.Equal(1, engine.Status.FeaturesCompared);
    }

    [Fact]
    public async Task Engine_AfterARestart_LeavesOlderHistoriesAlone()
    {
        await using var first = await new EngineHarness().StartAsync();
        await first.IngestAsync(Make.Event("c1", EventKind.PaymentFailed, 0, "failed"));
        await first.DisposeAsync();
        await using var second = await first.RestartAsync();
        await second.IngestAsync(Make.Event("c1", EventKind.PaymentFailed, 300, "failed-2"));
        await second.StepAsync();
        await second.AdvanceAsync(second.Options.AuditInterval);
        Assert.Equal(0, second.Status.FeaturesCompared);

        await second.IngestAsync(Make.Event("c2", EventKind.PaymentFailed, 300, "failed-3"));
        await second.StepAsync();
        await second.AdvanceAsync(second.Options.AuditInterval);
        Assert.Equal(1, second.Status.FeaturesCompared);
    }

    [Fact]
    public async Task Audit_WhenFeaturesDiffer_CountsAndSaysSo()
    {
        using var store = new InMemoryStore();
        await RunAsync(
            store, [Make.View("c1", 0), Make.View("c1", 20), Make.Event("c1", EventKind.PaymentFailed, 40, "failed")], crashAfter: -1);
        var time = new Simulation.Time.VirtualTime(EngineHarness.Start);
        var replay = new DecisionReplay(
            new CustomerMachine(new CustomerOptions { SessionGap = TimeSpan.FromMinutes(5) }), new LogReader(store, 64), recordsMax: 100);
        await using var audit = new FeatureAudit(replay, 0, TimeSpan.FromSeconds(1), time, NullLogger.Instance);
        audit.Start();

        audit.Offer(Newest(store).Single());
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((4, 4), (audit.Compared, audit.Mismatches));
        Assert.Contains("the features of 4 of 4 decisions", audit.Problem, StringComparison.Ordinal);
    }

    private static ReplayVerdict Replay(InMemoryStore store, CustomerOptions options)
    {
        var replay = new DecisionReplay(new CustomerMachine(options), new LogReader(store, 64), recordsMax: 10_000);
        var verdicts = Newest(store).Select(newest => replay.Check(newest, since: 0)).ToList();
        return new ReplayVerdict(verdicts.Sum(static one => one.Compared), verdicts.Sum(static one => one.Mismatches));
    }

    /// <summary>Offset of each customer's last record.</summary>
    private static IEnumerable<long> Newest(InMemoryStore store)
    {
        var newest = new Dictionary<ulong, long>();
        foreach (var row in store.ReadLog(0))
        {
            var reader = new LogRecordReader(row.Body.Span, store.Name);
            for (var offset = row.FirstOffset; reader.TryRead(out var record); offset++) newest[record.CustomerHash] = offset;
        }

        return newest.Values;
    }

    private static async Task RunAsync(InMemoryStore store, CustomerEvent[] events, int crashAfter)
    {
        var engine = new EngineHarness(store);
        engine.Options.Clock = EngineClock.EventTime;
        await engine.StartAsync();
        var sent = 0;
        foreach (var chunk in events.Chunk(3))
        {
            if (crashAfter >= 0 && sent >= crashAfter)
            {
                crashAfter = -1;
                await engine.Engine.AbortAsync();
                engine = await engine.RestartAsync(next => next.Options.Shards = 3);
            }

            await engine.IngestAsync(chunk);
            sent += chunk.Length;
        }

        await engine.RunToEndAsync();
        await engine.DisposeAsync();
    }

    private static Arbitrary<CustomerEvent[]> Histories()
    {
        var item = from customer in Gen.Choose(0, 3)
                   from kind in Gen.Elements(Kinds)
                   from minutes in Gen.Choose(0, 23 * 60)
                   from product in Gen.Choose(1, 3)
                   select (customer, kind, minutes, product);
        return Arb.From(item.ListOf().Select(items => items.Select((entry, index) => Make.Event(
            $"customer-{entry.customer}", entry.kind, entry.minutes, $"e{index}", $"p{entry.product}")).ToArray()));
    }
}
