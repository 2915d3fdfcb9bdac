using RealtimeInsight.Domain.Events;
using RealtimeInsight.Host.Demo;

namespace RealtimeInsight.Host.Tests.Demo;

public sealed class ShopSimulatorTests
{
    private static readonly TimeSpan SessionGap = TimeSpan.FromMinutes(30);

    [Fact]
    public void Events_SameOptions_AreTheSameStream()
    {
        var simulator = new ShopSimulator(Small(seed: 7));

        var first = simulator.Events().Select(Shown).ToList();
        var again = new ShopSimulator(Small(seed: 7)).Events().Select(Shown).ToList();

        Assert.NotEmpty(first);
        Assert.Equal(first, again);
        Assert.Equal(first, simulator.Events().Select(Shown));
    }

    [Fact]
    public void Events_AnotherSeed_IsAnotherCrowdInTheSameShop()
    {
        var first = new ShopSimulator(Small(seed: 7)).Events().ToList();
        var other = new ShopSimulator(Small(seed: 8)).Events().ToList();

        Assert.Empty(first.Select(e => e.Id).Intersect(other.Select(e => e.Id)));
        var names = first.SelectMany(e => e.Products).ToLookup(p => p.ProductId, p => p.Name);
        var shared = other.SelectMany(e => e.Products).Where(p => names.Contains(p.ProductId)).ToList();
        Assert.NotEmpty(shared);
        Assert.All(shared, p => Assert.Contains(p.Name, names[p.ProductId]));
    }

    [Fact]
    public void Events_WholeStream_IsOrderedWithinItsSpanAndWithUniqueIds()
    {
        var options = Small(seed: 3);
        var events = new ShopSimulator(options).Events().ToList();

        Assert.Equal(events.Count, events.Select(e => e.Id).Distinct().Count());
        Assert.All(events.Zip(events.Skip(1)), pair => Assert.True(pair.First.OccurredAt <= pair.Second.OccurredAt));
        Assert.True(events[0].OccurredAt >= options.Start);
        Assert.True(events[^1].OccurredAt <= options.Start + TimeSpan.FromDays(options.Days!.Value));
    }

    [Fact]
    public void Events_EnoughCustomers_ShowEveryKindAndEveryGap()
    {
        var events = new ShopSimulator(new ShopSimulatorOptions { Seed = 5, Customers = 600, Days = 60 }).Events().ToList();

        Assert.Equal(Enum.GetValues<EventKind>().Order(), events.Select(e => e.Kind).Distinct().Order());
        Assert.Contains(events, e => e.Products.Any(p => p.Price is null));
        Assert.Contains(events, e => e.Products.Any(p => p.Category is null));
        Assert.True(events.Select(e => e.TimeZone).Distinct().Count() >= 5);
        Assert.True(events.Select(e => e.Currency).OfType<string>().Distinct().Count() >= 3);
        Assert.Contains(events, e => e.Customer.IsVisitor);
        Assert.Contains(events, e => e is { Kind: EventKind.Identified, Visitor: not null });
    }

    [Fact]
    public void Events_Rates_AreThoseOfAShop()
    {
        var events = new ShopSimulator(new ShopSimulatorOptions { Seed = 5, Customers = 600, Days = 90 }).Events().ToList();
        var sessions = events.Where(e => EventKinds.IsActivity(e.Kind)).GroupBy(Person).SelectMany(Sessions).ToList();

        var withCart = sessions.Where(s => s.Any(e => e.Kind == EventKind.CartAdded)).ToList();
        var bought = withCart.Count(s => s.Any(e => e.Kind == EventKind.OrderCompleted));

        Assert.InRange((double)withCart.Count / sessions.Count, 0.05, 0.2);
        Assert.InRange(1 - ((double)bought / withCart.Count), 0.5, 0.85);
        Assert.InRange(sessions.Average(s => s.Count), 3, 15);
    }

    [Fact]
    public void Events_Orders_CarryWhatWasInTheCart()
    {
        var events = new ShopSimulator(Small(seed: 11)).Events().ToList();

        var orders = events.Where(e => e.Kind == EventKind.OrderCompleted).ToList();
        Assert.NotEmpty(orders);
        Assert.All(orders, e =>
        {
            Assert.NotEmpty(e.Products);
            Assert.NotNull(e.OrderId);
            Assert.NotNull(e.CartId);
            Assert.True(e.Value > 0);
            Assert.False(e.Customer.IsVisitor);
        });
    }

    [Fact]
    public void Events_Compressed_KeepIdsAndOrderInLessTime()
    {
        var plain = new ShopSimulator(Small(seed: 4)).Events().ToList();
        var options = new ShopSimulatorOptions { Seed = 4, Customers = 60, Days = 20, TimeCompression = 60 };
        var compressed = new ShopSimulator(options).Events().ToList();

        Assert.Equal(plain.Select(e => e.Id), compressed.Select(e => e.Id));
        Assert.All(plain.Zip(compressed), pair =>
            Assert.Equal(
                (pair.First.OccurredAt - options.Start).TotalSeconds / 60,
                (pair.Second.OccurredAt - options.Start).TotalSeconds,
                tolerance: 0.001));
    }

    [Fact]
    public void Events_WithoutEnd_GoOnPastEveryFirstCustomer()
    {
        var late = new ShopSimulator(new ShopSimulatorOptions { Seed = 2, Customers = 3 }).Events().Skip(20_000).First();

        Assert.True(late.OccurredAt > new ShopSimulatorOptions().Start + TimeSpan.FromDays(365));
    }

    [Theory]
    [InlineData(0, 600, 1.0, "Customers")]
    [InlineData(10, 5, 1.0, "Products")]
    [InlineData(10, 600, double.NaN, "TimeCompression")]
    public void Constructor_BadOptions_NamesThem(int customers, int products, double compression, string named)
    {
        var options = new ShopSimulatorOptions { Customers = customers, Products = products, TimeCompression = compression };

        var error = Assert.Throws<ArgumentException>(() => new ShopSimulator(options));

        Assert.Contains(named, error.Message);
    }

    private static ShopSimulatorOptions Small(ulong seed) => new() { Seed = seed, Customers = 60, Days = 20 };

    private static string Shown(CustomerEvent e) =>
        $"{e.Id} {e.Kind} {e.Customer} {e.Visitor} {e.OccurredAt} {e.Subject} {e.Value} {e.Text} {string.Join(',', e.Products)}";

    private static string Person(CustomerEvent e) => e.Customer.Value.Split('-', 2)[1];

    private static IEnumerable<List<CustomerEvent>> Sessions(IEnumerable<CustomerEvent> events)
    {
        var session = new List<CustomerEvent>();
        foreach (var e in events)
        {
            if (session.Count > 0 && e.OccurredAt - session[^1].OccurredAt > SessionGap)
            {
                yield return session;
                session = [];
            }

            session.Add(e);
        }

        yield return session;
    }
}
