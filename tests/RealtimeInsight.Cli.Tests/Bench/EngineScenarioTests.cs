using RealtimeInsight.Cli.Bench;

namespace RealtimeInsight.Cli.Tests.Bench;

public sealed class EngineScenarioTests
{
    [Fact]
    public async Task Engine_SmallRun_EndsWithItsFigures()
    {
        var report = await BenchRun.OfAsync(
            new EngineScenario(), ("customers", 60), ("events", 300), ("runs", 2), ("history", 2), ("batch", 50), ("zipf", 1));

        Assert.Equal(60, report.Median("customers"));
        Assert.InRange(report.Median("events_per_second")!.Value, 1, 1e9);
        Assert.InRange(report.Median("ratio_to_limit")!.Value, double.Epsilon, 10);
        Assert.InRange(report.Median("cpu_us_per_event")!.Value, 0.01, 1e6);
        Assert.NotNull(report.Median("allocated_bytes_per_event"));
        Assert.InRange(report.Median("bytes_per_customer")!.Value, 256, 1e6);
        Assert.Equal(2, report.Figures.Single(figure => figure.Name == "events_per_second").Runs);
    }

    [Fact]
    public async Task Durable_SmallRun_EndsWithItsFiguresAndThoseOfTheBareStore()
    {
        var report = await BenchRun.OfAsync(new DurableScenario(), ("customers", 20), ("events", 100), ("runs", 1), ("history", 1));

        var rate = report.Median("events_per_second")!.Value;
        var bare = report.Median("store_events_per_second")!.Value;
        Assert.InRange(rate, 1, 1e9);
        Assert.InRange(bare, 1, 1e9);
        Assert.Equal(rate / bare, report.Median("ratio_to_store")!.Value, 1e-9);
    }

    [Fact]
    public async Task Memory_SmallRun_TellsBytesByHistory()
    {
        var report = await BenchRun.OfAsync(new MemoryScenario(), ("customers", 200), ("history", 4), ("session", 2), ("sample", 100));

        Assert.NotNull(report.Median("bytes_per_customer"));
        Assert.Equal([1, 4, 16, 64], report.Tables.Single().Rows.Select(row => row[0]));
    }
}
