using System.Buffers;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Learning;

public sealed class ShopStatisticsTests
{
    private static readonly string[] s_categories = ["shoes", "coats", "hats"];

    [Fact]
    public void Values_EqualABatchRecomputation_InAnyOrder() => Law.Holds(25, seed =>
    {
        var random = new Random(seed);
        var events = Events(random, 300);
        var (inTime, shuffled) = (New(), New());
        foreach (var one in events.OrderBy(static one => one.OccurredAt.UnixMs)) inTime.Saw(one);
        random.Shuffle(events);
        foreach (var one in events) shuffled.Saw(one);

        foreach (var category in s_categories)
        {
            for (var item = 0; item < 20; item++)
            {
                var batch = Batch(events, $"p{item}", category, price: 30);
                foreach (var shop in (ShopStatistics[])[inTime, shuffled])
                {
                    var found = shop.ValuesOf(EntityHash.Item($"p{item}"), EntityHash.Label(category), 30);
                    AssertSame(batch.ItemPopularity, found.ItemPopularity);
                    AssertSame(batch.CategoryConversion, found.CategoryConversion);
                    AssertSame(batch.PriceRatio, found.PriceRatio);
                }
            }
        }
    });

    [Fact]
    public void Items_OfAnyStream_StayWithinTheirBound()
    {
        var shop = new ShopStatistics(new ShopStatisticsOptions { ItemsMax = 100 });
        for (var i = 0; i < 5_000; i++)
        {
            shop.Saw(View($"p{i}", "shoes", 10, i));
            shop.Saw(View("always", "shoes", 10, i));
        }

        Assert.InRange(shop.Counts.Items, 1, 100);
        Assert.True(shop.ValuesOf(EntityHash.Item("always"), 0, 0).ItemPopularity > 10);
    }

    [Fact]
    public void Values_OfWhatIsNotKnown_AreNone()
    {
        var shop = New();
        AssertNone(shop.ValuesOf(1, 2, 3));
        shop.Saw(View("p", "shoes", null, 0));

        var known = shop.ValuesOf(EntityHash.Item("p"), EntityHash.Label("shoes"), 10);
        Assert.Equal((1.0, 0.0), (known.ItemPopularity, known.CategoryConversion));
        Assert.True(double.IsNaN(known.PriceRatio));
        AssertNone(shop.ValuesOf(1, 0, 3));
    }

    [Fact]
    public void Conditions_LookAtTheNewestItem_AndTheRecordHoldsWhatTheySaw()
    {
        var shop = New();
        for (var i = 0; i < 50; i++) shop.Saw(View("cheap", "shoes", 20, 0));
        for (var i = 0; i < 10; i++) shop.Saw(Order("cheap", "shoes", 0));
        var dear = View("dear", "shoes", 60, 1);
        shop.Saw(dear);
        var scenario = new Scenario();
        scenario.Apply(dear);

        Assert.True(Met("price_ratio > 2.5") && Met("item_popularity < 0.1") && Met("category_conversion > 0.15"));
        Assert.False(Met("price_ratio > 4") || Met("category_conversion > 0.3"));
        Assert.False(Condition.Parse("price_ratio > 0", "").IsMet(scenario.State, null, scenario.Now));
        var maker = new DecisionMaker(
            Acting.Parse("\"rules\":[{\"id\":\"r\",\"on\":\"product_viewed\",\"when\":\"price_ratio > 2.5\",\"action\":\"a\"}]"),
            chooser: null, shop);
        var output = new DecisionOutput();
        maker.Decide(scenario.State, [], dear, scenario.Now, null, output);
        var record = Assert.Single(output.Decisions).ReadRecord();
        Assert.True((double)record["shop"]!["price_ratio"]! > 2.5);
        Assert.All(["shop", "item_popularity", "category_conversion", "price_ratio"], static name =>
            Assert.Contains($"`{name}`", GoldenFile.Text("policies.md"), StringComparison.Ordinal));

        bool Met(string text) => Condition.Parse(text, "here").IsMet(scenario.State, null, scenario.Now, shop.ValuesOf(scenario.State));
    }

    [Fact]
    public void Frozen_CountsNothing_AndReset_ForgetsAll()
    {
        var shop = New();
        shop.Saw(View("p", "shoes", 10, 0));
        shop.IsFrozen = true;
        shop.Saw(View("q", "shoes", 10, 0));
        Assert.Equal((1, 1), shop.Counts);

        shop.Reset();

        Assert.Equal((0, 0), shop.Counts);
        Assert.True(double.IsNaN(shop.Conversion));
    }

    [Fact]
    public void Load_GoesOnTheSame_AndRefusesWhatIsCut()
    {
        var (before, after) = (New(), New());
        foreach (var one in Events(new Random(3), 60)) before.Saw(one);
        var bytes = Bytes(before);
        Load(after, bytes);

        foreach (var shop in (ShopStatistics[])[before, after]) shop.Saw(View("p", "hats", 7, 50_000));

        Assert.Equal(Bytes(before), Bytes(after));
        for (var length = 0; length < bytes.Length; length += 11) Assert.Throws<FormatException>(() => Load(after, bytes[..length]));
    }

    [Fact]
    public void Format_DoesNotChange()
    {
        var (made, read) = (New(), New());
        made.Saw(View("p", "shoes", 1, 0));
        made.Saw(Order("p", "shoes", 0));

        // One moment and a price of 1, so that every sum is a whole number: the same bits on every machine.
        GoldenFile.Expect("shop-v1.hex", Bytes(made));
        Load(read, GoldenFile.Bytes("shop-v1.hex"));
        Assert.Equal(Bytes(made), Bytes(read));
    }

    private static ShopStatistics New() => new(new ShopStatisticsOptions { HalfLife = TimeSpan.FromHours(9) });

    private static CustomerEvent View(string product, string? category, decimal? price, int minute) =>
        Make.Event(EventKind.ProductViewed, Make.Start + TimeSpan.FromMinutes(minute), $"v{minute}",
            new ProductLine(product, category, null, null, price));

    private static CustomerEvent Order(string product, string? category, int minute) =>
        Make.Event(EventKind.OrderCompleted, Make.Start + TimeSpan.FromMinutes(minute), $"o{minute}", new ProductLine(product, category));

    private static CustomerEvent[] Events(Random random, int count) =>
    [
        .. Enumerable.Range(0, count).Select(_ => random.Next(4) == 0
            ? Order($"p{random.Next(20)}", Category(random), random.Next(3_000))
            : View($"p{random.Next(20)}", Category(random), random.Next(3) == 0 ? null : random.Next(1, 90), random.Next(3_000))),
    ];

    private static string? Category(Random random) => random.Next(4) is var at && at < 3 ? s_categories[at] : null;

    /// <summary>The same by its definition, from all events at once.</summary>
    private static ShopValues Batch(CustomerEvent[] events, string item, string category, double price)
    {
        var newest = events.Max(static one => one.OccurredAt.UnixMs);
        double Weight(CustomerEvent one) => Math.Pow(0.5, (newest - one.OccurredAt.UnixMs) / TimeSpan.FromHours(9).TotalMilliseconds);
        var looks = events.Where(static one => one.Kind == EventKind.ProductViewed).ToList();
        var orders = events.Where(static one => one.Kind == EventKind.OrderCompleted).ToList();
        var byItem = looks.GroupBy(static one => one.Products[0].ProductId)
            .ToDictionary(static group => group.Key, group => group.Sum(Weight));
        var own = looks.Where(one => one.Products[0].Category == category).ToList();
        var rate = orders.Where(static one => one.Products[0].Category is not null).Sum(Weight)
            / looks.Where(static one => one.Products[0].Category is not null).Sum(Weight);

        // The prior counts as of the newest event of either kind, as the learner does: looks and orders both move its clock.
        var priced = own.Where(static one => one.Products[0].Price is > 0).ToList();
        var norm = Math.Exp(priced.Sum(one => Weight(one) * Math.Log((double)one.Products[0].Price!)) / priced.Sum(Weight));
        return new ShopValues(
            byItem.TryGetValue(item, out var weight) ? weight * byItem.Count / byItem.Values.Sum() : double.NaN,
            (orders.Where(one => one.Products[0].Category == category).Sum(Weight) + (20 * rate)) / (own.Sum(Weight) + 20),
            price / norm);
    }

    private static void AssertSame(double expected, double found)
    {
        if (double.IsNaN(expected)) Assert.True(double.IsNaN(found));
        else Assert.Equal(expected, found, tolerance: 1e-9 * Math.Max(1, Math.Abs(expected)));
    }

    private static void AssertNone(ShopValues values) =>
        Assert.True(double.IsNaN(values.ItemPopularity) && double.IsNaN(values.CategoryConversion) && double.IsNaN(values.PriceRatio));

    private static byte[] Bytes(ShopStatistics shop)
    {
        var output = new ArrayBufferWriter<byte>();
        shop.Write(output);
        return output.WrittenSpan.ToArray();
    }

    private static void Load(ShopStatistics shop, byte[] bytes)
    {
        var reader = new ByteReader(bytes);
        shop.Load(ref reader);
    }
}
