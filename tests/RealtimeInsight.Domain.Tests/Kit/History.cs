using System.Globalization;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Kit;

/// <summary>
/// Random histories of one customer from a seed, in order of time: sessions with human gaps, carts that are filled, shown, ordered in part
/// or under other ids, and left; service trouble, consents, traits. Gaps land on deadlines to the millisecond more often than chance would.
/// </summary>
internal sealed class History
{
    private static readonly string[] Gaps =
        ["15m", "30m", "1h", "14d+1h", "7d", "30d", "90d", "14m+59s", "30m+1ms", "59m+59s", "45m", "1d", "3d", "8d", "31d", "100d"];

    private static readonly string?[] Zones = [null, "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Nowhere/Atlantis"];
    private readonly Random _random;
    private readonly bool _isExtreme;
    private readonly List<CustomerEvent> _events = [];
    private readonly List<ProductLine> _inCart = [];
    private Instant _now;

    private History(int seed, bool isExtreme)
    {
        _random = new Random(seed);
        _isExtreme = isExtreme;
        _now = Make.Start + TimeSpan.FromMilliseconds(_random.NextInt64(365L * 86_400_000));
    }

    /// <param name="seed">Same seed, same history.</param>
    /// <param name="countMax">Most events; at least one is made.</param>
    /// <param name="isExtreme">With values far outside of what a shop sends.</param>
    public static List<CustomerEvent> Of(int seed, int countMax = 120, bool isExtreme = false) =>
        new History(seed, isExtreme).Run(countMax);

    private List<CustomerEvent> Run(int countMax)
    {
        var count = 1 + _random.Next(countMax);
        while (_events.Count < count)
        {
            _now += NextGap();
            Step();
        }

        return _events;
    }

    private TimeSpan NextGap() => _random.Next(20) switch
    {
        0 => TimeSpan.Zero,
        1 or 2 => Make.Span(Gaps[_random.Next(Gaps.Length)]),
        3 => TimeSpan.FromMilliseconds(_random.NextInt64(3_600_000L * 40)),
        4 when _isExtreme => TimeSpan.FromDays(_random.Next(4_000)),
        _ => TimeSpan.FromMilliseconds(200 + (long)(90_000 * -Math.Log(1 - _random.NextDouble()))),
    };

    private void Step()
    {
        var draw = _random.Next(100);
        if (draw < 45) Add(Browsing());
        else if (draw < 60) Add(Fill());
        else if (draw < 66) Add(Take());
        else if (draw < 76) Add(OfCart());
        else if (draw < 84) Order();
        else Add(Other());
    }

    private void Add(CustomerEvent item) => _events.Add(item);

    private CustomerEvent Event(EventKind kind, params ProductLine[] products) =>
        Make.Event(kind, _now, string.Create(CultureInfo.InvariantCulture, $"h{_events.Count}"), products) with
        {
            Visitor = _random.Next(30) == 0 ? CustomerId.FromVisitor($"v{_random.Next(20)}") : null,
            TimeZone = _random.Next(10) == 0 ? Zones[_random.Next(Zones.Length)] : null,
            Currency = products.Length == 0 ? null : _random.Next(8) == 0 ? "USD" : "EUR",
            CartId = products.Length != 0 && _random.Next(4) == 0 ? $"cart-{_random.Next(6)}" : null,
        };

    private ProductLine Product()
    {
        var number = _random.Next(40);
        decimal? price = _random.Next(6) == 0 ? null : 5 + (number * 3.25m);
        if (_isExtreme && _random.Next(4) == 0) price = _random.Next(3) switch { 0 => decimal.MaxValue, 1 => 0m, _ => 0.0000001m };
        var quantity = _isExtreme && _random.Next(4) == 0 ? int.MaxValue : 1 + _random.Next(3);
        var brand = _random.Next(3) == 0 ? null : $"brand {number % 7}";
        return new ProductLine($"p{number}", $"category {number % 13}", brand, $"Product {number}", price, quantity);
    }

    private CustomerEvent Browsing() => _random.Next(5) switch
    {
        0 => Event(EventKind.PageViewed) with { Subject = "/" },
        1 => Event(EventKind.Searched) with { Subject = "shoes" },
        2 => Event(EventKind.ListViewed, Product(), Product()),
        _ => Event(EventKind.ProductViewed, Product()),
    };

    private CustomerEvent Fill()
    {
        var product = Product();
        _inCart.Add(product);
        return Event(EventKind.CartAdded, product);
    }

    private CustomerEvent Take()
    {
        if (_inCart.Count == 0) return Event(EventKind.CartRemoved, Product());
        var product = _inCart[_random.Next(_inCart.Count)];
        _inCart.Remove(product);
        return Event(EventKind.CartRemoved, product);
    }

    private CustomerEvent OfCart() => _random.Next(7) switch
    {
        0 => Event(EventKind.CheckoutStarted, [.. _inCart]),
        1 => Event(EventKind.CheckoutStarted),
        2 => Event(EventKind.CheckoutStep) with { Subject = "2" },
        3 => Event(EventKind.PaymentFailed),
        4 => Event(EventKind.CouponApplied) with { Subject = "SAVE" },
        5 => Event(EventKind.CouponDenied) with { Subject = "OLD" },
        _ => Event(EventKind.CartViewed, [.. _inCart.Take(_random.Next(4))]),
    };

    private void Order()
    {
        var orderId = _random.Next(5) == 0 ? null : $"order-{_random.Next(30)}";
        decimal? total = _random.Next(2) == 0 ? null : _random.Next(50_000) / 100m;
        if (_isExtreme && _random.Next(3) == 0) total = decimal.MaxValue;
        switch (_random.Next(4))
        {
            case 0:
                Add(Event(EventKind.OrderCompleted, [.. _inCart]) with { OrderId = orderId, Value = total });
                break;
            case 1:
                foreach (var product in _inCart.ToArray()) Add(Event(EventKind.OrderCompleted, product) with { OrderId = orderId });
                if (_inCart.Count == 0) Add(Event(EventKind.OrderCompleted) with { OrderId = orderId, Value = total });
                break;
            case 2:
                Add(Event(EventKind.OrderCompleted, Product()) with { OrderId = orderId, Value = total });
                break;
            default:
                Add(Event(EventKind.OrderCompleted) with { OrderId = orderId, Value = total });
                break;
        }

        _inCart.Clear();
    }

    private TextLabels Labels() => new(_events.Count % 6 == 5 ? null : _events.Count % 6 / 4f, (TextTopics)(_events.Count % 512));

    private CustomerEvent Other() => _random.Next(12) switch
    {
        0 => Event(EventKind.OrderRefunded) with { Value = 10m, Currency = "EUR" },
        1 => Event(EventKind.OrderCancelled) with { Value = 12.5m },
        2 => Event(EventKind.ReviewPosted, Product()) with { Rating = 1 + _random.Next(5), Text = "fine", Labels = Labels() },
        3 => Event(EventKind.ServiceMessage) with { Text = "where is my order", Labels = Labels() },
        4 => Event(EventKind.Identified) with { Traits = new Dictionary<string, string> { [$"trait{_random.Next(40)}"] = "value" } },
        5 => Event(EventKind.ConsentChanged) with { Consents = new Dictionary<string, bool> { ["marketing"] = _random.Next(2) == 0 } },
        6 => Event(EventKind.Custom) with { CustomName = "Wheel Spun" },
        _ => Event((EventKind)_random.Next(EventKinds.Count)),
    };
}
