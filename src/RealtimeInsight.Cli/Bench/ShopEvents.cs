using System.Globalization;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Cli.Bench;

/// <summary>
/// Events of many customers of one shop, as an intake hands them over: a mix of page, list and product views, carts and orders, 5,000
/// products in 40 categories. Every customer has the same mix. Each event has strings of its own, as one read from JSON has. The same seed
/// gives the same events, apart from their times.
/// </summary>
internal sealed class ShopEvents
{
    private const int Products = 5000;
    private static readonly EventKind[] s_mix = Mix();
    private readonly double[]? _shares;
    private readonly Random _random;
    private long _made;

    /// <param name="zipf">Exponent of the customers' shares; 0 gives each the same.</param>
    public ShopEvents(int customers, double zipf, int seed)
    {
        Customers = customers;
        _random = new Random(seed);
        _shares = zipf == 0 ? null : Shares(customers, zipf);
    }

    public int Customers { get; }

    /// <summary>Stands before the ids of events, customers and orders, so that several of these can be used at once.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The next event of one customer.</summary>
    public CustomerEvent Next(int customer, Instant at)
    {
        var kind = s_mix[_random.Next(s_mix.Length)];
        var number = ++_made;
        return new CustomerEvent
        {
            Id = EventId.Parse(string.Create(CultureInfo.InvariantCulture, $"{Prefix}e-{number:x16}")),
            Kind = kind,
            Customer = CustomerId.FromUser(string.Create(CultureInfo.InvariantCulture, $"{Prefix}user-{customer + 10_000_000}")),
            OccurredAt = at,
            IngestedAt = at,
            Products = HasProduct(kind) ? [Product(_random.Next(Products))] : [],
            Currency = HasProduct(kind) ? "EUR" : null,
            OrderId = kind == EventKind.OrderCompleted ? string.Create(CultureInfo.InvariantCulture, $"{Prefix}o-{number}") : null,
            Subject = kind switch
            {
                EventKind.PageViewed => "/home",
                EventKind.ListViewed => "summer",
                EventKind.Searched => "running shoes",
                _ => null,
            },
        };
    }

    /// <summary>One event of each of the given customers: how histories are filled.</summary>
    public CustomerEvent[] OfEach(int firstCustomer, int count, Instant at)
    {
        var events = new CustomerEvent[count];
        for (var i = 0; i < count; i++) events[i] = Next(firstCustomer + i, at);
        return events;
    }

    /// <summary>
    /// Events of customers drawn by their shares. Of few customers few come in a millisecond: nobody clicks a thousand times a second, and
    /// events of one moment would be looked up in the log.
    /// </summary>
    public CustomerEvent[] Drawn(int count, Instant first, int offset)
    {
        var events = new CustomerEvent[count];
        for (var i = 0; i < count; i++) events[i] = Next(Draw(), first + Length(offset + i));
        return events;
    }

    /// <summary>What so many drawn events take of the shop's time.</summary>
    public TimeSpan Length(int events) => TimeSpan.FromMilliseconds(events / Math.Clamp(Customers / 200, 1, 64));

    private int Draw()
    {
        if (_shares is null) return _random.Next(Customers);
        var found = Array.BinarySearch(_shares, _random.NextDouble());
        return Math.Min(found < 0 ? ~found : found, Customers - 1);
    }

    /// <summary>Running sums of 1 / rank^exponent, up to 1.</summary>
    private static double[] Shares(int customers, double exponent)
    {
        var sums = new double[customers];
        var sum = 0d;
        for (var i = 0; i < customers; i++) sums[i] = sum += Math.Pow(i + 1, -exponent);
        for (var i = 0; i < customers; i++) sums[i] /= sum;
        return sums;
    }

    private static ProductLine Product(int number) => new(
        string.Create(CultureInfo.InvariantCulture, $"sku-{number:00000}"),
        string.Create(CultureInfo.InvariantCulture, $"category-{number % 40}"),
        string.Create(CultureInfo.InvariantCulture, $"brand-{number % 150}"),
        string.Create(CultureInfo.InvariantCulture, $"Product {number}"),
        9.99m + (number % 90));

    private static bool HasProduct(EventKind kind) =>
        kind is EventKind.ProductViewed or EventKind.ListClicked or EventKind.CartAdded or EventKind.CartRemoved
            or EventKind.OrderCompleted or EventKind.WishlistAdded;

    /// <summary>A hundred events as they come in a shop.</summary>
    private static EventKind[] Mix() =>
    [
        .. Enumerable.Repeat(EventKind.PageViewed, 24),
        .. Enumerable.Repeat(EventKind.ListViewed, 12),
        .. Enumerable.Repeat(EventKind.ListClicked, 6),
        .. Enumerable.Repeat(EventKind.Searched, 5),
        .. Enumerable.Repeat(EventKind.ProductViewed, 35),
        .. Enumerable.Repeat(EventKind.CartAdded, 7),
        .. Enumerable.Repeat(EventKind.CartRemoved, 2),
        .. Enumerable.Repeat(EventKind.CartViewed, 3),
        .. Enumerable.Repeat(EventKind.CheckoutStarted, 2),
        .. Enumerable.Repeat(EventKind.OrderCompleted, 2),
        .. Enumerable.Repeat(EventKind.WishlistAdded, 2),
    ];
}
