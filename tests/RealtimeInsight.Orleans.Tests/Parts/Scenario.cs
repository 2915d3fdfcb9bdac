using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Orleans.Tests.Parts;

/// <summary>A seeded history of one customer, and the policy of the tests.</summary>
internal static class Scenario
{
    public static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));

    private static readonly EventKind[] s_kinds =
    [
        EventKind.PageViewed, EventKind.ProductViewed, EventKind.ProductViewed, EventKind.CartAdded, EventKind.CartAdded,
        EventKind.CartViewed, EventKind.CheckoutStarted, EventKind.Searched, EventKind.CartRemoved, EventKind.OrderCompleted,
        EventKind.ServiceMessage,
    ];

    public static Policy Policy { get; } = Policy.Parse(JsonNode.Parse("""
        {
          "name": "test", "hold_out": { "fraction": 0.1, "salt": "s" }, "cool_down": "0s",
          "frequency_cap": { "max": 2, "window": "7d" },
          "rules": [
            { "id": "win-back", "on": ["cart_abandoned"], "action": "coupon", "channel": "log", "consent": "email" },
            { "id": "thanks", "on": ["order_completed"], "action": "message" }
          ]
        }
        """)!);

    /// <summary>Events in order of time, some close together and some hours apart.</summary>
    public static List<CustomerEvent> Of(CustomerId customer, int seed, int count)
    {
        var random = new Random(seed);
        var at = Start;
        var events = new List<CustomerEvent>();
        for (var i = 0; i < count; i++)
        {
            at += random.Next(4) == 0 ? TimeSpan.FromMinutes(random.Next(10, 400)) : TimeSpan.FromSeconds(random.Next(1, 120));
            events.Add(One(customer, s_kinds[random.Next(s_kinds.Length)], at, $"{seed}-{i}", random.Next(20)));
        }

        return events;
    }

    public static CustomerEvent One(CustomerId customer, EventKind kind, Instant at, string id, int product = 1) => new()
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
}
