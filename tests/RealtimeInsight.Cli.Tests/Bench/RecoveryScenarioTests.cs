using RealtimeInsight.Cli.Bench;

namespace RealtimeInsight.Cli.Tests.Bench;

public sealed class RecoveryScenarioTests
{
    /// <summary>Processes of their own, one of them killed: some ten seconds.</summary>
    [Fact]
    public async Task Recovery_SmallRun_FindsEverybodyAfterTheKill()
    {
        var report = await BenchRun.OfAsync(new RecoveryScenario(), ("customers", 3_000), ("tail", 600), ("runs", 1));

        Assert.Equal(3_000, report.Median("customers"));
        Assert.Equal(3_000, report.Median("open_deadlines"));
        Assert.InRange(report.Median("replayed_events")!.Value, 600, 2_000);
        Assert.InRange(report.Median("customers_read")!.Value, 1, 600);
        Assert.InRange(report.Median("seconds_to_ready")!.Value, double.Epsilon, 100);
    }

    [Fact]
    public void Histogram_OverJson_KeepsItsPercentiles()
    {
        var histogram = new LatenessHistogram();
        for (var i = 1; i <= 1_000; i++) histogram.Add(i * 2);
        var read = LatenessHistogram.FromJson(histogram.ToJson());
        Assert.Equal(1_000, read.Count);
        Assert.InRange(read.Percentile(0.5), 1_000, 1_001);
        Assert.InRange(read.Percentile(0.99), 1_980, 1_981);
        Assert.InRange(read.Percentile(0.01), 20, 20.1);
    }
}
