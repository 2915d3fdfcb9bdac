namespace RealtimeInsight.Cli.Bench;

/// <summary>Options with one name and meaning wherever a scenario has them.</summary>
internal static class CommonOption
{
    public const string RunsName = "runs";
    public const string SecondsName = "seconds";

    public static BenchOption Runs(int value) =>
        new(RunsName, "Measured runs, after a warm-up; the median and the spread are told", value, 1, 100);

    /// <summary>For scenarios that measure a rate over a stretch of time.</summary>
    public static BenchOption Seconds(double value) => new(SecondsName, "Length of a measured run", value, 0.1, 600) { IsWhole = false };

    public static BenchOption Customers(double value) => new("customers", "Customers, each with a history", value, 1, 50_000_000);

    public static BenchOption Events(double value) => new("events", "Events of a measured run", value, 1, 1_000_000_000);

    public static BenchOption Zipf(double value) => new(
        "zipf", "How uneven customers are: exponent of their shares of the events; 0 gives each the same", value, 0, 2) { IsWhole = false };
}
