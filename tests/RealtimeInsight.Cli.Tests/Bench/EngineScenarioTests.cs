using RealtimeInsight.Cli.Bench;

namespace RealtimeInsight.Cli.Tests.Bench;

public sealed class EngineScenarioTests
{
    [Fact]
    public async Task Engine_SmallRun_EndsWithItsFigures()
    {
        var report = await RunAsync(
            new EngineScenario(), ("customers", 60), ("events", 300), ("runs", 2), ("history", 2), ("batch", 50), ("zipf", 1));

        Assert.Equal(60, report.Median("customers"));
        Assert.InRange(report.Median("events_per_second")!.Value, 1, 1e9);
        Assert.InRange(report.Median("ratio_to_limit")!.Value, double.Epsilon, 10);
        Assert.InRange(report.Median("cpu_us_per_event")!.Value, 0.01, 1e6);
        Assert.NotNull(report.Median("allocated_bytes_per_event"));
        Assert.InRange(report.Median("bytes_per_customer")!.Value, 256, 1e6);
        Assert.Equal(2, report.Figures.Single(figure => figure.Name == "events_per_second").Runs);
    }

    /// <summary>
    /// All that the process allocates for an event, the sender's and the committing thread's share included; carts and orders are kept.
    /// </summary>
    [Fact]
    public async Task Engine_InTheSteadyState_AllocatesLessThan48BytesAnEvent()
    {
        var report = await RunAsync(new EngineScenario(), ("customers", 100), ("history", 600), ("events", 50_000), ("runs", 3));

        Assert.InRange(report.Figures.Single(figure => figure.Name == "allocated_bytes_per_event").Min, 0, 48);
    }

    [Fact]
    public async Task Durable_SmallRun_EndsWithItsFigures()
    {
        var report = await RunAsync(new DurableScenario(), ("customers", 20), ("events", 100), ("runs", 1), ("history", 1));

        Assert.InRange(report.Median("events_per_second")!.Value, 1, 1e9);
    }

    [Fact]
    public async Task Memory_SmallRun_TellsBytesByHistory()
    {
        var report = await RunAsync(new MemoryScenario(), ("customers", 200), ("history", 4), ("session", 2), ("sample", 100));

        Assert.NotNull(report.Median("bytes_per_customer"));
        Assert.Equal([1, 4, 16, 64], report.Tables.Single().Rows.Select(row => row[0]));
    }

    private static async Task<BenchReport> RunAsync(IBenchScenario scenario, params (string Option, double Value)[] given)
    {
        var report = new BenchReport(scenario.Name);
        var defaults = scenario.Options.ToDictionary(option => option.Name, option => option.Default);
        var context = new BenchContext(defaults, report, TimeProvider.System, _ => { }).With(report, given);
        await scenario.RunAsync(context, CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(2));
        return report;
    }
}
