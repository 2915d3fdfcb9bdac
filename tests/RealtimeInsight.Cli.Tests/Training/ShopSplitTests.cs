using System.Globalization;
using System.Text.Json;
using RealtimeInsight.Cli.Features;
using RealtimeInsight.Cli.Verbs;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Cli.Tests.Training;

public sealed class ShopSplitTests : IDisposable
{
    private static readonly string[] s_countries = ["France", "france ", "Germany", "Côte d'Ivoire", "Spain", "Germany"];
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ByHash_AVisitorWhoBecomesACustomer_IsInOneShop()
    {
        List<CustomerEvent> events = [];
        for (var i = 0; i < 200; i++)
        {
            var (visitor, customer) = (Visitor($"cookie{i}"), User($"user{i}"));
            events.Add(Event(visitor, 10 * i));
            events.Add(Event(customer, (10 * i) + 1) with { Visitor = visitor });
        }

        var split = ShopSplit.ByHash(events, 10);

        Assert.All(events.Chunk(2), pair => Assert.Equal(split.Of(pair[0]), split.Of(pair[1])));
        var sizes = events.GroupBy(split.Of).ToDictionary(shop => shop.Key, shop => shop.Count());
        Assert.Equal(Enumerable.Range(1, 10).Select(i => $"shop-{i:D2}"), sizes.Keys.Order(StringComparer.Ordinal));
        Assert.All(sizes.Values, size => Assert.InRange(size, 10, 90));
    }

    [Fact]
    public void ByHash_CustomersHeldOut_AreSpreadOverTheShops()
    {
        List<CustomerEvent> events = [.. Enumerable.Range(0, 5_000).Select(i => Event(User($"u{i}"), i))];

        var split = ShopSplit.ByHash(events, 10);

        // One in ten is held out by the id's plain hash; by the same hash a single shop would have all of them.
        var heldOut = events.Where(one => one.Customer.StableHash % 10 == 0).GroupBy(split.Of).ToList();
        Assert.Equal(10, heldOut.Count);
        Assert.All(heldOut, shop => Assert.InRange(shop.Count(), 20, 90));
    }

    [Theory]
    [InlineData("United Kingdom", "united-kingdom")]
    [InlineData("  ../Österreich!! ", "österreich")]
    [InlineData("", "unnamed")]
    [InlineData("../..", "unnamed")]
    public void NameOf_IsAFolderOfItsOwn(string value, string expected) => Assert.Equal(expected, ShopSplit.NameOf(value));

    [Fact]
    public async Task Features_ByColumn_WritesTheCommonestValuesAndTheOthers()
    {
        var run = await RunAsync("--shops", "3", "--shops-by", "LAND");

        Assert.True(run.ExitCode == ExitCodes.Success, run.Error);
        Assert.Equal(
            ["france: 2 customers, 4 rows", "germany: 2 customers, 4 rows", "others: 2 customers, 4 rows"],
            Shops().Select(shop => $"{shop.Name}: {shop.Customers} customers, {shop.Rows} rows"));
        Assert.Contains($"{Path("shops")}/france: 4 rows, 2 customers", run.Out);
    }

    [Fact]
    public async Task Features_ByHash_IsTheSameAgainAndLosesNobody()
    {
        var first = await RunAsync("--shops", "2");
        var shops = Shops();
        var again = await RunAsync("--shops", "2");

        Assert.True(first.ExitCode == ExitCodes.Success, first.Error);
        Assert.True(again.ExitCode == ExitCodes.Success, again.Error);
        Assert.Equal(shops, Shops());
        Assert.Equal((6, 12), (shops.Sum(shop => shop.Customers), shops.Sum(shop => shop.Rows)));
    }

    [Fact]
    public async Task Features_FolderOfAnotherSplit_IsRefused()
    {
        var first = await RunAsync("--shops", "3", "--shops-by", "land");
        var other = await RunAsync("--shops", "2");

        Assert.True(first.ExitCode == ExitCodes.Success, first.Error);
        Assert.Equal(ExitCodes.Usage, other.ExitCode);
        Assert.Contains("of another split; remove it", other.Error);
    }

    [Theory]
    [InlineData("--shops 1", "--shops 1: give 2 to 1000")]
    [InlineData("--shops 1001", "--shops 1001: give 2 to 1000")]
    [InlineData("--shops-by land", "--shops-by land needs --shops N")]
    [InlineData("--shops 2 --shops-by Ort", "the header lacks the column Ort; it has at, who, what, land")]
    public async Task Features_BadSplit_IsExplained(string options, string expected)
    {
        var run = await RunAsync(options.Split(' '));

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error);
    }

    [Fact]
    public async Task Features_SplitWithoutAnExport_IsExplained()
    {
        var run = await CliRun.OfAsync(console => [FeaturesVerb.Create(console)], "features", "--out", Path("shops"), "--shops", "2");

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("--shops 2 needs --format and --data", run.Error);
    }

    [Fact]
    public async Task Features_SegmentMessagesByColumn_SaysThatThereAreNone()
    {
        var file = _folder.Write("events.ndjson",
            """{"type":"track","event":"Product Viewed","userId":"u1","messageId":"m1","timestamp":"2026-03-02T12:30:00Z","properties":"""
            + """{"product_id":"p"}}""");

        var run = await CliRun.OfAsync(
            console => [FeaturesVerb.Create(console)], "features", "--format", "segment-ndjson", "--data", file, "--out", Path("shops"),
            "--shops", "2", "--shops-by", "country");

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("segment-ndjson has no columns; leave it out", run.Error);
    }

    private IReadOnlyList<(string Name, long Customers, long Rows, string Digest)> Shops() =>
    [
        .. Directory.EnumerateFiles(Path("shops"), FeatureSet.FileName, SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => JsonDocument.Parse(File.ReadAllText(file)).RootElement)
            .Select(set => (set.GetProperty("sources")[0].GetProperty("name").GetString()!, set.GetProperty("sequences").GetInt64(),
                set.GetProperty("rows").GetInt64(), set.GetProperty("digest").GetString()!)),
    ];

    private Task<CliRun> RunAsync(params string[] options)
    {
        _folder.WriteText("mapping.json", """
            { "columns": { "time": "at", "customer": "who", "event": "what", "product": "who" }, "time_format": "unix_s" }
            """);
        // The last customer moves to France later; the file has the latest lines first.
        var lines = s_countries.SelectMany((country, i) => (string[])
        [
            $"{1772447400 + i},u{i},Product Viewed,{country}",
            $"{1772448400 + i},u{i},Product Viewed,{(i == 5 ? "France" : country)}",
        ]);
        _folder.Write("shop.csv", ["at,who,what,land", .. lines.Reverse()]);
        return CliRun.OfAsync(
            console => [FeaturesVerb.Create(console)],
            [
                "features", "--format", "csv", "--mapping", Path("mapping.json"), "--data", Path("shop.csv"), "--out", Path("shops"),
                .. options,
            ]);
    }

    private string Path(string name) => System.IO.Path.Combine(_folder.Path, name);

    private static CustomerEvent Event(CustomerId customer, long second) => new()
    {
        Id = EventId.Parse(second.ToString("D6", CultureInfo.InvariantCulture)),
        Kind = EventKind.ProductViewed,
        Customer = customer,
        OccurredAt = new Instant(1000 * second),
        IngestedAt = new Instant(1000 * second),
    };

    private static CustomerId User(string name) => CustomerId.TryFromUser(name, out var id, out _) ? id : throw new ArgumentException(name);

    private static CustomerId Visitor(string name) =>
        CustomerId.TryFromVisitor(name, out var id, out _) ? id : throw new ArgumentException(name);
}
