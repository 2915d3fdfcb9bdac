using System.Globalization;
using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.TestKit.Conformance;

/// <summary>The shop of the suite: policy, settings, and events in few words. All spans are multiples of five minutes.</summary>
public static class ConformanceShop
{
    public static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));

    /// <summary>To choose from at random: the frequent ones more often.</summary>
    public static IReadOnlyList<EventKind> Kinds { get; } =
    [
        EventKind.PageViewed, EventKind.ProductViewed, EventKind.ProductViewed, EventKind.CartAdded, EventKind.CartAdded,
        EventKind.CartViewed, EventKind.CheckoutStarted, EventKind.Searched, EventKind.CartRemoved, EventKind.OrderCompleted,
        EventKind.ServiceMessage,
    ];

    public static CustomerOptions Customers => new();

    public static Policy Policy { get; } = Policy.Parse(JsonNode.Parse("""
        {
          "name": "conformance", "hold_out": { "fraction": 0.1, "salt": "s" }, "cool_down": "30m",
          "frequency_cap": { "max": 3, "window": "7d" },
          "rules": [
            { "id": "win-back", "on": ["cart_abandoned"], "action": "coupon", "channel": "log", "consent": "email" },
            { "id": "rescue", "on": ["payment_failed"], "action": "service_call", "channel": "log" },
            { "id": "thanks", "on": ["order_completed"], "action": "message", "channel": "log" },
            { "id": "tip", "on": ["wishlist_added"], "action": "tip", "channel": "log",
              "variants": [ { "id": "short" }, { "id": "long" }, { "id": "none" } ],
              "choose": { "by": "thompson", "reward_within": "80m" } }
          ]
        }
        """)!);

    public static Instant At(double minutes) => Start + TimeSpan.FromMinutes(minutes);

    /// <summary>The first ids of this form that the hold-out leaves to be treated.</summary>
    public static string Treated(string name)
    {
        var maker = new DecisionMaker(Policy);
        return Enumerable.Range(0, 100).Select(i => $"{name}-{i}").First(id => !maker.IsHeldOut(CustomerId.Parse(id)));
    }

    public static string HeldOut(string name)
    {
        var maker = new DecisionMaker(Policy);
        return Enumerable.Range(0, 1000).Select(i => $"{name}-{i}").First(id => maker.IsHeldOut(CustomerId.Parse(id)));
    }

    public static CustomerEvent Event(string customer, EventKind kind, double minutes, string? id = null, int product = 1)
    {
        id ??= string.Create(CultureInfo.InvariantCulture, $"{customer}-{kind}-{minutes}");
        return Event(CustomerId.Parse(customer), kind, At(minutes), id, product);
    }

    public static CustomerEvent Event(CustomerId customer, EventKind kind, Instant at, string id, int product = 1) => new()
    {
        Id = EventId.Parse(id),
        Kind = kind,
        Customer = customer,
        OccurredAt = at,
        IngestedAt = at,
        OrderId = kind == EventKind.OrderCompleted ? $"order-{id}" : null,
        Currency = "EUR",
        Text = kind == EventKind.ServiceMessage ? "where is it?" : null,
        Products = kind is EventKind.ProductViewed or EventKind.CartAdded or EventKind.CartRemoved or EventKind.OrderCompleted
            ? [new ProductLine($"p{product}", $"c{product % 5}", $"b{product % 3}", null, 10m + product)]
            : [],
    };

    public static CustomerEvent View(string customer, double minutes, string? id = null) =>
        Event(customer, EventKind.ProductViewed, minutes, id);

    public static CustomerEvent Add(string customer, double minutes, string? id = null) =>
        Event(customer, EventKind.CartAdded, minutes, id);

    public static CustomerEvent Order(string customer, double minutes, string? id = null) =>
        Event(customer, EventKind.OrderCompleted, minutes, id);

    /// <summary>An event that names both ids.</summary>
    public static CustomerEvent Identify(string customer, double minutes, string visitor) =>
        Event(customer, EventKind.Identified, minutes) with { Visitor = CustomerId.Parse(visitor) };

    /// <summary>
    /// Events of some visitors who become customers now and then, at multiples of five minutes and each visitor's in order.
    /// </summary>
    public static List<CustomerEvent> Random(int seed, int count)
    {
        var random = new Random(seed);
        var minutes = 0;
        var events = new List<CustomerEvent>();
        for (var i = 0; i < count; i++)
        {
            minutes += 5 * (random.Next(4) == 0 ? random.Next(3, 30) : random.Next(1, 4));
            var person = random.Next(3);
            var (user, visitor) = ($"user-{seed}-{person}", $"anon:device-{seed}-{person}");
            var id = $"{seed}-{i}";
            events.Add(random.Next(6) switch
            {
                0 => Event(user, EventKind.PageViewed, minutes, id) with { Visitor = CustomerId.Parse(visitor) },
                1 or 2 => Event(visitor, Kinds[random.Next(Kinds.Count)], minutes, id, random.Next(20)),
                _ => Event(user, Kinds[random.Next(Kinds.Count)], minutes, id, random.Next(20)),
            });
        }

        return events;
    }
}
