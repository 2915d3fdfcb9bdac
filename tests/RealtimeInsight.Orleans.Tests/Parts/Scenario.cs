using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.TestKit.Conformance;

namespace RealtimeInsight.Orleans.Tests.Parts;

/// <summary>A seeded history of one customer, and the policy of the tests.</summary>
internal static class Scenario
{
    public static readonly Instant Start = ConformanceShop.Start;

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
            events.Add(One(customer, ConformanceShop.Kinds[random.Next(ConformanceShop.Kinds.Count)], at, $"{seed}-{i}", random.Next(20)));
        }

        return events;
    }

    public static CustomerEvent One(CustomerId customer, EventKind kind, Instant at, string id, int product = 1) =>
        ConformanceShop.Event(customer, kind, at, id, product);
}
