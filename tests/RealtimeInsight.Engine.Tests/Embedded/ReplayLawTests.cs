using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Simulation.Storage;

namespace RealtimeInsight.Engine.Tests.Embedded;

/// <summary>Laws of the engine over random histories: what it computes depends on the events alone.</summary>
public sealed class ReplayLawTests
{
    private const int CustomersMax = 6;

    private static readonly EventKind[] Kinds =
    [
        EventKind.ProductViewed, EventKind.CartAdded, EventKind.CartRemoved, EventKind.OrderCompleted, EventKind.PaymentFailed,
        EventKind.Searched, EventKind.MessageOpened,
    ];

    /// <summary>With time-ordered input: the same insights and decisions for any number of shards and any batches.</summary>
    [Fact]
    public void Replay_DependsNeitherOnShardsNorOnBatches() => Prop.ForAll(Histories(), history =>
    {
        var ordered = history.OrderBy(item => item.OccurredAt.UnixMs).ToArray();
        var one = Run(ordered, shards: 1, batch: 1);
        Assert.Equal(one, Run(ordered, shards: 4, batch: 500));
        Assert.Equal(one, Run(ordered, shards: 3, batch: 7));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    /// <summary>Sending everything again changes nothing.</summary>
    [Fact]
    public void Resend_OfAHistory_IsANoOp() => Prop.ForAll(Histories(), history =>
    {
        var ordered = history.OrderBy(item => item.OccurredAt.UnixMs).ToArray();
        Assert.Equal(Run(ordered, shards: 2, batch: 50), Run([.. ordered, .. ordered], shards: 2, batch: ordered.Length + 1));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    /// <summary>
    /// Events in any order give the insights of the ordered history (decisions made on the way are kept, so there are no rules here).
    /// </summary>
    [Fact]
    public void Disorder_WithinTheAllowedLateness_GivesTheOrderedInsights() => Prop.ForAll(Histories(), history =>
    {
        var ordered = history.OrderBy(item => item.OccurredAt.UnixMs).ToArray();
        var found = Run(history, shards: 2, batch: 3, hasRules: false, runsToEnd: false);
        Assert.Equal(Run(ordered, shards: 2, batch: 3, hasRules: false, runsToEnd: false), found);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    /// <summary>A crash at any point, with any number of shards afterwards, changes nothing.</summary>
    [Fact]
    public void Crash_AtAnyPoint_ChangesNothing() =>
        Prop.ForAll(Histories(), ArbMap.Default.ArbFor<PositiveInt>(), (history, point) =>
        {
            var ordered = history.OrderBy(item => item.OccurredAt.UnixMs).ToArray();
            var crashAfter = point.Get % (ordered.Length + 1);
            Assert.Equal(Run(ordered, shards: 2, batch: 5), Run(ordered, shards: 2, batch: 5, crashAfter: crashAfter));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    /// <summary>With room for nobody every state leaves after each turn and comes back: the same bytes, the same decisions.</summary>
    [Fact]
    public void MemoryLimit_ChangesNothing() => Prop.ForAll(Histories(), history =>
    {
        var ordered = history.OrderBy(item => item.OccurredAt.UnixMs).ToArray();
        Assert.Equal(Run(ordered, shards: 2, batch: 5), Run(ordered, shards: 2, batch: 5, residentBytesMax: 1));
        Assert.Equal(
            Run(history, shards: 2, batch: 3, hasRules: false, runsToEnd: false),
            Run(history, shards: 2, batch: 3, hasRules: false, runsToEnd: false, residentBytesMax: 1));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    /// <summary>The same with a crash at any point, and with room for some.</summary>
    [Fact]
    public void MemoryLimit_OverACrash_ChangesNothing() =>
        Prop.ForAll(Histories(), ArbMap.Default.ArbFor<PositiveInt>(), (history, point) =>
        {
            var ordered = history.OrderBy(item => item.OccurredAt.UnixMs).ToArray();
            var crashAfter = point.Get % (ordered.Length + 1);
            var limit = 1 + (point.Get % 4 * 8_000);
            Assert.Equal(
                Run(ordered, shards: 2, batch: 5),
                Run(ordered, shards: 2, batch: 5, crashAfter: crashAfter, residentBytesMax: limit));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    private static Arbitrary<CustomerEvent[]> Histories()
    {
        var item = from customer in Gen.Choose(0, CustomersMax - 1)
                   from kind in Gen.Elements(Kinds)
                   from minutes in Gen.Choose(0, 23 * 60)
                   from product in Gen.Choose(1, 3)
                   select (customer, kind, minutes, product);
        return Arb.From(item.ListOf().Select(items => items.Select((entry, index) => Make.Event(
            $"customer-{entry.customer}", entry.kind, entry.minutes, $"e{index}", $"p{entry.product}")).ToArray()));
    }

    private static string Run(
        CustomerEvent[] events, int shards, int batch, bool hasRules = true, bool runsToEnd = true, int crashAfter = -1,
        long residentBytesMax = 0) =>
        RunAsync(events, shards, batch, hasRules, runsToEnd, crashAfter, residentBytesMax).GetAwaiter().GetResult();

    private static async Task<string> RunAsync(
        CustomerEvent[] events, int shards, int batch, bool hasRules, bool runsToEnd, int crashAfter, long residentBytesMax)
    {
        var engine = new EngineHarness(new InMemoryStore());
        engine.Options.Shards = shards;
        engine.Options.Clock = EngineClock.EventTime;
        engine.Options.BatchEventsMax = Math.Min(batch, 256);
        engine.Options.ResidentBytesMax = residentBytesMax;
        if (!hasRules) engine.Policy["rules"] = new System.Text.Json.Nodes.JsonArray();
        await engine.StartAsync();
        var sent = 0;
        foreach (var chunk in events.Chunk(batch))
        {
            if (crashAfter >= 0 && sent >= crashAfter)
            {
                crashAfter = -1;
                await engine.Engine.AbortAsync();
                engine = await engine.RestartAsync(next => next.Options.Shards = shards + 1);
            }

            await engine.IngestAsync(chunk);
            sent += chunk.Length;
        }

        if (runsToEnd) await engine.RunToEndAsync();
        var text = await DescribeAsync(engine, runsToEnd);
        await engine.DisposeAsync();
        return runsToEnd ? $"{text}\n{SavedStates.Describe(engine.Store)}" : text;
    }

    private static async Task<string> DescribeAsync(EngineHarness engine, bool hasClock)
    {
        var parts = new List<string>();
        for (var customer = 0; customer < CustomersMax; customer++)
        {
            if (await engine.InsightAsync($"customer-{customer}") is not { } insight) continue;

            // The clock of a shard is the newest event it saw, so what is relative to it is left out.
            var profile = insight.Profile with
            {
                Rates = new Dictionary<string, float[]>(), Rfm = insight.Profile.Rfm with { RecencySeconds = null },
            };
            var scores = insight.Scores is { } found ? found with { AgeSeconds = 0 } : null;
            var decisions = insight.LastDecisions.Select(item => item with { Status = item.Status == "sent" ? "decided" : item.Status });
            var whole = insight with
            {
                AsOf = default, Profile = profile, Scores = scores, Segments = [], LastDecisions = [.. decisions],
                Cart = hasClock || insight.Cart is null ? insight.Cart : insight.Cart with { State = "", ChangedAt = default },
                Session = hasClock ? insight.Session : null,
            };
            parts.Add(JsonSerializer.Serialize(whole));
        }

        var status = engine.Status;
        if (hasClock) parts.Add($"{status.CartsAbandoned} {status.CartsConverted} {status.CartsOpen}");
        return string.Join('\n', parts);
    }
}
