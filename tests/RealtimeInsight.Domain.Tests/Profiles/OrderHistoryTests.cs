using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Profiles;

public sealed class OrderHistoryTests
{
    [Fact]
    public void Rfm_EqualsANaiveComputation()
    {
        Law.Holds(200, static seed =>
        {
            var events = History.Of(seed, 400);
            var orders = Fold.Plain(events).Orders;
            var naive = new Naive();
            foreach (var item in events) naive.Take(item);

            Assert.Equal(naive.Times.Count, orders.Orders);
            Assert.Equal((naive.Cancelled, naive.Refunded, naive.OtherCurrency), (orders.Cancelled, orders.Refunded, orders.OtherCurrency));
            Assert.Equal((naive.Money, naive.Currency), (orders.MonetaryValue, orders.Currency));
            Assert.Equal(naive.Times.FirstOrDefault(), orders.FirstOrderAt);
            Assert.Equal(naive.Times.LastOrDefault(), orders.LastOrderAt);
            var gaps = naive.Times.Skip(1).Zip(naive.Times, static (later, earlier) => (later - earlier).TotalSeconds).ToArray();
            if (gaps.Length > 0) Near(gaps.Average(), orders.GapMeanSeconds);
            if (gaps.Length > 1) Near(gaps.Sum(gap => Math.Pow(gap - gaps.Average(), 2)) / (gaps.Length - 1), orders.GapVariance);
            else Assert.Equal(0, orders.GapVariance);
        });
    }

    [Theory]
    [InlineData("order id=1 value=10; order id=1 value=10", 1, 10)]
    [InlineData("order a@4 id=1; order b@6 id=1", 1, 10)]
    [InlineData("order value=10; order value=10", 2, 20)]
    [InlineData("order id=1 value=10; order_refunded value=4", 1, 6)]
    [InlineData("order id=1 value=10; order_cancelled value=10", 1, 0)]
    [InlineData("order id=1 value=10 currency=EUR; order id=2 value=9 currency=USD", 2, 10)]
    [InlineData("order id=1 value=10; order id=2 value=9 currency=USD", 2, 19)]
    [InlineData("order_refunded value=4", 0, -4)]
    [InlineData("order a*3@2.50 b", 1, 7.5)]
    public void Orders_CountOnceById_AndSumInOneCurrency(string script, int orders, double money)
    {
        var state = Scenario.Of(script).State;
        Assert.Equal((orders, (decimal)money), (state.Orders.Orders, state.Orders.MonetaryValue));
    }

    [Fact]
    public void OrderId_FiveOrdersAgo_CountsAgain()
    {
        var state = Scenario.Of("order id=1; order id=2; order id=3; order id=4; order id=1; order id=5; order id=1").State;
        Assert.Equal(6, state.Orders.Orders);
    }

    [Fact]
    public void Affinities_KeepTheStrongestNames()
    {
        var scenario = new Scenario();
        for (var i = 0; i < 40; i++)
        {
            var product = new ProductLine($"p{i}", i % 2 == 0 ? "Shoes" : $"category {i}", "Acme");
            scenario.Apply(Make.Event(EventKind.ProductViewed, Make.Start + TimeSpan.FromHours(i), $"{i}", product));
        }

        var categories = scenario.State.Categories.Entries.ToArray();
        Assert.Equal(CustomerState.CategoriesMax, categories.Length);
        Assert.Equal("Shoes", categories.MaxBy(static entry => entry.Weight).Name);
        Assert.InRange(categories.Max(static entry => entry.Weight), 15f, 20f);
        Assert.Equal("Acme", Assert.Single(scenario.State.Brands.Entries.ToArray()).Name);
        Assert.Equal(1f, scenario.State.Brands.TopShare());
    }

    [Theory]
    [InlineData(EventKind.ProductViewed, 1f)]
    [InlineData(EventKind.CartAdded, 3f)]
    [InlineData(EventKind.OrderCompleted, 5f)]
    [InlineData(EventKind.WishlistAdded, 2f)]
    [InlineData(EventKind.ListClicked, 0.5f)]
    [InlineData(EventKind.CartRemoved, -1f)]
    [InlineData(EventKind.OrderRefunded, -2f)]
    [InlineData(EventKind.PageViewed, 0f)]
    public void Affinities_WeighEventsByWhatTheyMean(EventKind kind, float weight)
    {
        var product = new ProductLine("p", "Shoes");
        var state = new Scenario()
            .Apply(Make.Event(EventKind.OrderCompleted, Make.Start, "1", product))
            .Apply(Make.Event(kind, Make.Start, "2", product)).State;
        Assert.Equal(5f + weight, state.Categories.Entries[0].Weight);
    }

    private static void Near(double expected, double actual) =>
        Assert.InRange(actual, expected - (1e-9 * expected) - 1e-6, expected + (1e-9 * expected) + 1e-6);

    /// <summary>The definitions, with everything remembered.</summary>
    private sealed class Naive
    {
        private readonly List<string> _ids = [];

        public List<Instant> Times { get; } = [];
        public decimal Money { get; private set; }
        public string? Currency { get; private set; }
        public int OtherCurrency { get; private set; }
        public int Cancelled { get; private set; }
        public int Refunded { get; private set; }

        public void Take(CustomerEvent item)
        {
            switch (item.Kind)
            {
                case EventKind.OrderCompleted:
                    var isFirst = item.OrderId is null || !_ids.TakeLast(4).Contains(item.OrderId);
                    if (isFirst)
                    {
                        Times.Add(item.OccurredAt);
                        if (item.OrderId is not null) _ids.Add(item.OrderId);
                    }

                    if (isFirst || item.Value is null) Add(item.Amount, item.Currency);
                    break;
                case EventKind.OrderCancelled:
                    Cancelled++;
                    Add(-item.Amount, item.Currency);
                    break;
                case EventKind.OrderRefunded:
                    Refunded++;
                    Add(-item.Amount, item.Currency);
                    break;
            }
        }

        private void Add(decimal amount, string? currency)
        {
            if (amount == 0) return;
            Currency ??= currency;
            if (currency is null || currency == Currency) Money += amount;
            else OtherCurrency++;
        }
    }
}
