using System.Globalization;
using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine;

namespace RealtimeInsight.Simulation.Plan;

/// <summary>The shop that a seed draws: its size, spans, policy, and the engine's settings.</summary>
internal sealed class Shop
{
    /// <summary>When every simulation starts.</summary>
    public static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));

    /// <summary>The rule without conditions that wins over all others: no abandoned cart may go without a decision of it.</summary>
    public const string CartRule = "cart-reminder";

    public Shop(SimulationOptions options)
    {
        Options = options;
        var draw = new Draw(options.Seed, "shop");
        IsEventTime = draw.Chance(0.25);
        Customers = draw.Pick(3, 10, 25, 40);
        VisitGapMinutes = draw.Pick(2, 5, 12);
        SendersMax = IsEventTime ? 1 : draw.Whole(1, 4);
        BatchMax = draw.Pick(1, 4, 16);
        Customer = DrawCustomer(draw);
        Policy = Policy.Parse(DrawPolicy(draw));
        Engine = DrawEngine(draw);
    }

    public SimulationOptions Options { get; }

    /// <summary>Event time: with it, faults must not change anything at all; with the wall clock they change when things happen.</summary>
    public bool IsEventTime { get; }

    public int Customers { get; }

    public int VisitGapMinutes { get; }

    public int SendersMax { get; }

    /// <summary>Events of one batch.</summary>
    public int BatchMax { get; }

    public CustomerOptions Customer { get; }

    public Policy Policy { get; }

    public EngineOptions Engine { get; }

    private static CustomerOptions DrawCustomer(Draw draw) => new()
    {
        SessionGap = draw.Span(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(8)),
        CartAtRiskAfter = draw.Span(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(3)),
        CartAbandonedAfter = draw.Span(TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(8)),
        DormancyLevels = [TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(25), TimeSpan.FromMinutes(45)],
        AllowedLateness = draw.Pick(TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(30)),
        EventIdsMax = draw.Pick(16, 24, 1024),
        LastEventsMax = draw.Pick(12, 32),
    };

    private static JsonObject DrawPolicy(Draw draw)
    {
        var policy = new JsonObject
        {
            ["name"] = "simulated",
            ["hold_out"] = new JsonObject { ["fraction"] = draw.Pick(0.0, 0.2), ["salt"] = "s" },
            ["frequency_cap"] = new JsonObject { ["max"] = draw.Whole(1, 4), ["window"] = $"{draw.Pick(10, 30, 60)}m" },
            ["cool_down"] = $"{draw.Pick(0, 2, 10)}m",
            ["consent_required"] = draw.Chance(0.2),
            ["attribution_window"] = $"{draw.Pick(5, 20)}m",
            ["rules"] = new JsonArray(
                Rule(CartRule, "cart_abandoned", "reminder", "webhook", priority: 50, "trigger", consent: "marketing"),
                Rule("win-back", "dormancy_reached", "coupon", "mail", priority: 5, "trigger", consent: "marketing"),
                Rule("rescue", "payment_failed", "service_call", "webhook", priority: 30, "session"),
                Rule("offer", "product_viewed", "coupon", "mail", priority: 1, "session", when: "abandonment >= 0.5"),
                Rule("thanks", "order_completed", "recommendation", "mail", priority: 2, "day")),
        };
        if (draw.Chance(0.4))
        {
            var from = TimeOnly.FromTimeSpan(Start.ToDateTimeOffset().TimeOfDay).AddMinutes(draw.Whole(5, 40));
            policy["quiet_hours"] = new JsonObject
            {
                ["from"] = from.ToString("HH:mm", CultureInfo.InvariantCulture),
                ["to"] = from.AddMinutes(draw.Whole(5, 25)).ToString("HH:mm", CultureInfo.InvariantCulture),
            };
        }

        return policy;
    }

    private static JsonObject Rule(
        string id, string on, string action, string channel, int priority, string oncePer, string? consent = null, string? when = null)
    {
        var rule = new JsonObject
        {
            ["id"] = id, ["on"] = on, ["action"] = action, ["channel"] = channel, ["priority"] = priority, ["once_per"] = oncePer,
        };
        if (consent is not null) rule["consent"] = consent;
        if (when is not null) rule["when"] = when;
        return rule;
    }

    private EngineOptions DrawEngine(Draw draw) => new()
    {
        Clock = IsEventTime ? EngineClock.EventTime : EngineClock.Wall,
        BatchEventsMax = draw.Pick(1, 8, 256),
        InboxPartsMax = draw.Pick(32, 256),
        UnitsInFlightMax = draw.Pick(1, 4, 64),
        CommitUnitsMax = draw.Pick(1, 3, 256),
        SaveInterval = draw.Pick(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30)),
        SaveStatesMax = draw.Pick(1, 5, 256),
        SaveDirtyMax = draw.Pick(2, 1000),
        DeadlinesPerTurnMax = draw.Pick(1, 1024),
        LogRowsCached = draw.Pick(1, 64),
        ResidentBytesMax = draw.Pick(0, 1, 20_000),
        // A look at what is old works on the thread pool, beside the one thread of a run.
        Retention = new() { KeepEvents = TimeSpan.Zero, KeepSettled = TimeSpan.Zero },
        // From the seed itself: one more draw would make other shops of all seeds there are.
        ModelRowsMax = (Options.Seed % 3) switch { 0 => 1, 1 => 4, _ => 128 },
        Outbox = new() { ConcurrencyMax = draw.Pick(1, 4), BatchMax = draw.Pick(1, 64), Seed = (int)(Options.Seed & int.MaxValue) },
    };
}
