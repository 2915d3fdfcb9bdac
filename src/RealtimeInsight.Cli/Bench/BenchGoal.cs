using System.Globalization;

namespace RealtimeInsight.Cli.Bench;

/// <summary>What a figure of a scenario should reach on two cores that nothing else uses.</summary>
/// <param name="IsFloor">True where more is better.</param>
internal sealed record BenchGoal(string Scenario, string Figure, double Value, bool IsFloor)
{
    public static IReadOnlyList<BenchGoal> All { get; } =
    [
        new("engine", "events_per_second", 700_000, true),
        new("engine", "ratio_to_limit", 0.15, true),
        new("durable", "events_per_second", 400_000, true),
        new("memory", "bytes_per_customer", 1024, false),
        new("http", "events_per_second", 150_000, true),
        new("latency", "p50_ms", 5, false),
        new("latency", "p99_ms", 20, false),
        new("read", "p99_ms", 2, false),
        new("timers", "fire_error_p99_ms", 50, false),
        new("recovery", "seconds_to_ready", 10, false),
        new("redis", "ratio_to_redis", 10, true),
    ];

    public bool IsReached(double value) => IsFloor ? value >= Value : value <= Value;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(IsFloor ? "at least" : "at most")} {BenchContext.Short(Value)}");
}
