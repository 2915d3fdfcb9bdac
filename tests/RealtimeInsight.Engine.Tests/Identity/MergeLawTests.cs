using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Tests.Embedded;
using RealtimeInsight.Simulation.Storage;

namespace RealtimeInsight.Engine.Tests.Identity;

/// <summary>What a merge gives is what one customer would have been who had done everything under one id.</summary>
public sealed class MergeLawTests
{
    private const int People = 3;
    private const int Devices = 5;

    private static readonly EventKind[] Kinds =
    [
        EventKind.ProductViewed, EventKind.CartAdded, EventKind.CartRemoved, EventKind.OrderCompleted, EventKind.Searched,
        EventKind.MessageOpened,
    ];

    /// <summary>merge(A, B) is the fold of the sorted union: for any shards, batches, orders of arrival, and crashes between.</summary>
    [Fact]
    public void Merge_EqualsTheFoldOfTheSortedUnion() =>
        Prop.ForAll(Histories(), ArbMap.Default.ArbFor<int>(), (history, seed) =>
        {
            var random = new Random(seed);
            if (random.Next(2) == 0) history = [.. history.OrderBy(item => item.OccurredAt.UnixMs)];
            var isOne = Run(history, 2, 50, [], isMerging: false);
            var crashes = Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(history.Length + 1)).ToHashSet();
            Assert.Equal(isOne, Run(history, 1 + random.Next(4), 1 + random.Next(9), crashes, isMerging: true));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    /// <summary>With rules: a crash at any point changes no decision, and one cart is treated once.</summary>
    [Fact]
    public void Crash_AtAnyPointAroundMerges_ChangesNothing() =>
        Prop.ForAll(Histories(), ArbMap.Default.ArbFor<PositiveInt>(), (history, point) =>
        {
            CustomerEvent[] ordered = [.. history.OrderBy(item => item.OccurredAt.UnixMs)];
            HashSet<int> crash = [point.Get % (ordered.Length + 1)];
            var steady = Run(ordered, 2, 4, [], isMerging: true, hasRules: true);
            Assert.Equal(steady, Run(ordered, 2, 4, crash, isMerging: true, hasRules: true));
            Assert.Equal(steady, Run(ordered, 3, 100, [], isMerging: true, hasRules: true));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    /// <summary>Devices are used without a name and with their owner's; in the end each is used with its owner's name.</summary>
    private static Arbitrary<CustomerEvent[]> Histories()
    {
        var item = from device in Gen.Choose(0, Devices - 1)
                   from isNamed in Gen.Choose(0, 3)
                   from kind in Gen.Elements(Kinds)
                   from minutes in Gen.Choose(0, (23 * 60) - 1)
                   from product in Gen.Choose(1, 3)
                   select (device, isNamed, kind, minutes, product);
        return Arb.From(item.ListOf().Select(items => items.Select((entry, index) =>
        {
            var visitor = CustomerId.FromVisitor($"device-{entry.device}");
            var id = entry.isNamed > 1 ? visitor.Value : Owner(entry.device);

            // Two histories have no order of events of one moment: there are none here.
            return Make.Event(id, entry.kind, entry.minutes + (index * 0.001), $"e{index}", $"p{entry.product}") with
            {
                Visitor = entry.isNamed == 0 ? visitor : null,
            };
        }).Concat(Enumerable.Range(0, Devices).Select(Named)).ToArray()));
    }

    private static CustomerEvent Named(int device) =>
        Make.Event(Owner(device), EventKind.Identified, (23 * 60) + device, $"named-{device}") with
        {
            Visitor = CustomerId.FromVisitor($"device-{device}"),
        };

    private static string Owner(int device) => $"person-{device % People}";

    private static string Run(
        CustomerEvent[] events, int shards, int batch, HashSet<int> crashes, bool isMerging, bool hasRules = false) =>
        RunAsync(events, shards, batch, crashes, isMerging, hasRules).GetAwaiter().GetResult();

    private static async Task<string> RunAsync(
        CustomerEvent[] events, int shards, int batch, HashSet<int> crashes, bool isMerging, bool hasRules)
    {
        var engine = new EngineHarness(new InMemoryStore());
        engine.Options.Shards = shards;
        engine.Options.Clock = EngineClock.EventTime;
        engine.Options.BatchEventsMax = Math.Min(batch, 256);
        engine.Options.MergeAutomatically = isMerging;
        if (!hasRules) engine.Policy["rules"] = new System.Text.Json.Nodes.JsonArray();
        await engine.StartAsync();
        if (!isMerging) events = Renamed(events);
        for (var sent = 0; sent < events.Length; sent += batch)
        {
            if (crashes.Any(crash => crash >= sent && crash < sent + batch))
            {
                await engine.Engine.AbortAsync();
                engine = await engine.RestartAsync(next => next.Options.Shards = 1 + (sent % 3));
            }

            await engine.IngestAsync([.. events.Skip(sent).Take(batch)]);
        }

        await engine.RunToEndAsync();
        var text = await DescribeAsync(engine);
        await engine.DisposeAsync();
        return text;
    }

    /// <summary>What the devices sent, as sent by their owners.</summary>
    private static CustomerEvent[] Renamed(CustomerEvent[] events) =>
    [
        .. events.Select(item => !item.Customer.IsVisitor ? item : item with
        {
            Customer = CustomerId.FromUser(Owner(item.Customer.Value[^1] - '0')),
        }),
    ];

    private static DecisionSummary AsDecided(DecisionSummary item) =>
        item.Status == "sent" ? item with { Status = "decided" } : item;

    private static async Task<string> DescribeAsync(EngineHarness engine)
    {
        var parts = new List<string>();
        for (var person = 0; person < People; person++)
        {
            if (await engine.InsightAsync(Owner(person)) is not { } insight) continue;
            var profile = insight.Profile with
            {
                Rates = new Dictionary<string, float[]>(), Rfm = insight.Profile.Rfm with { RecencySeconds = null },
            };
            parts.Add(JsonSerializer.Serialize(insight with
            {
                AsOf = default,
                Profile = profile,
                Scores = insight.Scores is { } scores ? scores with { AgeSeconds = 0 } : null,
                Segments = [],
                LastDecisions = [.. insight.LastDecisions.Select(AsDecided)],
            }));
        }

        return string.Join('\n', parts);
    }
}
