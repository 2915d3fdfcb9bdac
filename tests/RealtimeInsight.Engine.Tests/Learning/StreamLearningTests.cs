using System.Buffers;
using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Learning;
using RealtimeInsight.Engine.Tests.Embedded;
using RealtimeInsight.Engine.Tests.Watching;

namespace RealtimeInsight.Engine.Tests.Learning;

/// <summary>What follows what, and what the whole shop does, learned from the events as they are committed.</summary>
public sealed class StreamLearningTests
{
    private readonly MemoryWatchStore _store = new();

    [Fact]
    public async Task Items_OfManyCustomers_AreRecommendedToAnother()
    {
        await using var engine = await New().StartAsync();
        for (var i = 0; i < 20; i++) await WalkAsync(engine, $"c{i}", "tent", "bag", "mat");
        await WalkAsync(engine, "ada", "tent");
        await engine.IngestAsync(Make.Event("ada", EventKind.PaymentFailed, 1, "ada-pay"));

        var next = await engine.Engine.RecommendAsync(CustomerId.Parse("ada"), 3, CancellationToken.None);

        Assert.Equal(["bag", "mat"], next!.Take(2).Select(static one => one.Item));
        Assert.Null(await engine.Engine.RecommendAsync(CustomerId.Parse("nobody"), 3, CancellationToken.None));

        // Two lists a customer; all but those of the first customers name the next item.
        var figures = engine.Learning.Items!.Figures;
        Assert.Equal(40, figures.Judged);
        Assert.True(figures.HitRate > 0.9 && figures.MeanReciprocalRank > 0.8);
    }

    [Fact]
    public async Task SameItemAgain_AndANewSession_AreNoNextItems()
    {
        await using var engine = await New().StartAsync();
        await WalkAsync(engine, "a", "tent", "tent", "tent");
        engine.Time.Advance(TimeSpan.FromHours(3));
        await engine.IngestAsync(Make.Event("a", EventKind.ProductViewed, 180, "later", "bag"));

        Assert.Equal((2, 0L), (engine.Learning.Items!.Count, engine.Learning.Items.Figures.Judged));
    }

    [Fact]
    public async Task Off_LearnsNothing()
    {
        await using var engine = await new EngineHarness().StartAsync();
        await WalkAsync(engine, "a", "tent", "bag");

        Assert.Null(engine.Learning.Items);
        Assert.False(engine.Learning.IsOn);
        Assert.Null(await engine.Engine.RecommendAsync(CustomerId.Parse("a"), 3, CancellationToken.None));
    }

    [Fact]
    public async Task Restart_GoesOnWithItemsAndStatistics()
    {
        var first = await New().StartAsync();
        for (var i = 0; i < 5; i++) await WalkAsync(first, $"c{i}", "tent", "bag");
        await first.DisposeAsync();
        var (items, shop) = (first.Learning.Items!, first.Learning.Statistics!);

        await using var second = await first.RestartAsync();

        Assert.Equal((items.Count, items.Figures), (second.Learning.Items!.Count, second.Learning.Items.Figures));
        Assert.Equal(items.Recommend([EntityHash.Item("tent")], 5), second.Learning.Items.Recommend([EntityHash.Item("tent")], 5));
        Assert.Equal((shop.Counts, shop.Conversion), (second.Learning.Statistics!.Counts, second.Learning.Statistics.Conversion));
    }

    [Fact]
    public async Task Statistics_AreSeenByThePolicy_AndStandInTheRecord()
    {
        var harness = New();
        harness.Policy["rules"]!.AsArray().Add((JsonNode)new JsonObject
        {
            ["id"] = "dear", ["on"] = "product_viewed", ["when"] = "price_ratio > 2", ["action"] = "coupon", ["channel"] = "log",
        });
        await using var engine = await harness.StartAsync();
        for (var i = 0; i < 10; i++) await engine.IngestAsync(Make.View($"c{i}", 0));
        await engine.IngestAsync(Make.Event("ada", EventKind.ProductViewed, 1, "dear", "p9", price: 90m));
        await engine.IngestAsync(Make.Event("eve", EventKind.ProductViewed, 1, "cheap", "p8", price: 10m));

        var given = Assert.Single((await engine.InsightAsync("ada"))!.LastDecisions);
        Assert.Empty((await engine.InsightAsync("eve"))!.LastDecisions);
        var view = await engine.Engine.GetDecisionAsync(given.DecisionId, CancellationToken.None);
        Assert.True((double)view!.Record["shop"]!["price_ratio"]! > 2);
    }

    [Theory]
    [InlineData("Items.CountMax", 99)]
    [InlineData("Items.PartnersMax", 4)]
    [InlineData("Items.HalfLife", 0)]
    [InlineData("Items.JudgedShare", 2)]
    [InlineData("Statistics.ItemsMax", 5_000_001)]
    [InlineData("Statistics.HalfLife", 400)]
    public void Options_BeyondTheirBounds_AreNamed(string name, int value)
    {
        var options = new EngineOptions();
        var (items, shop) = (options.Learning.Items, options.Learning.Statistics);
        switch (name)
        {
            case "Items.CountMax": items.CountMax = value; break;
            case "Items.PartnersMax": items.PartnersMax = value; break;
            case "Items.HalfLife": items.HalfLife = TimeSpan.FromDays(value); break;
            case "Items.JudgedShare": items.JudgedShare = value; break;
            case "Statistics.ItemsMax": shop.ItemsMax = value; break;
            default: shop.HalfLife = TimeSpan.FromDays(value); break;
        }

        Assert.StartsWith($"Learning.{name} is ", Assert.Single(EngineOptions.Validate(options)), StringComparison.Ordinal);
        Assert.Empty(EngineOptions.Validate(new EngineOptions()));
    }

    [Fact]
    public void Bytes_OfVersionOne_AreRead()
    {
        var learning = Learning();
        var output = new ArrayBufferWriter<byte>();
        var writer = new ByteWriter(output);
        writer.Fixed64((1UL << 32) | 0x4E52414C);
        writer.Signed(7);
        learning.Variants.Write(output);
        var crc = 0u;
        foreach (var value in output.WrittenSpan) crc = System.Numerics.BitOperations.Crc32C(crc, value);
        writer.Fixed64(crc);

        var read = Learning();
        read.GoOn(output.WrittenSpan);

        Assert.Equal(0, read.Items!.Count);
        Assert.Equal(7 << 1, read.ToBytes()[8]);
    }

    /// <summary>The bytes of version 2; another result means another version.</summary>
    [Fact]
    public void Bytes_AreThoseOfVersionTwo()
    {
        var learning = Learning();
        learning.Items!.Saw("p", 1, [], new Instant(1_780_000_000_000));

        var bytes = learning.ToBytes();

        Assert.Equal("322 c288e95ad62abeb5", $"{bytes.Length} {StableHash.Of(bytes):x16}");
        var read = Learning();
        read.GoOn(bytes);
        Assert.Equal(bytes, read.ToBytes());
    }

    private static EngineLearning Learning() => new(
        Policy.Parse(JsonNode.Parse("""
            {"name":"n","rules":[{"id":"r","on":"any_event","action":"a","variants":[{"id":"a"},{"id":"b"}]}]}
            """)!),
        On(), isHistory: false, TimeProvider.System);

    private static LearningOptions On() => new() { Items = { IsOn = true }, Statistics = { IsOn = true } };

    private EngineHarness New()
    {
        var engine = new EngineHarness { LearningStore = _store };
        engine.Options.Learning = On();
        return engine;
    }

    private static async Task WalkAsync(EngineHarness engine, string customer, params string[] items)
    {
        for (var i = 0; i < items.Length; i++)
        {
            await engine.IngestAsync(Make.Event(customer, EventKind.ProductViewed, i / 100.0, $"{customer}-{i}", items[i]));
        }
    }
}
