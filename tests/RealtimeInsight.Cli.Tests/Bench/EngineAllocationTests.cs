using RealtimeInsight.Cli.Bench;

namespace RealtimeInsight.Cli.Tests.Bench;

/// <summary>Runs while no other test does: what those allocate would count.</summary>
[Collection(Alone)]
public sealed class EngineAllocationTests
{
    private const string Alone = "whole process";

    /// <summary>
    /// All that the process allocates for an event, the sender's and the committing thread's share included; carts and orders are kept.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Engine_InTheSteadyState_AllocatesLessThan48BytesAnEvent(double isLogged)
    {
        var report = await BenchRun.OfAsync(
            new EngineScenario(), ("customers", 100), ("history", 600), ("events", 50_000), ("runs", 3), ("log", isLogged));

        Assert.InRange(report.Figures.Single(figure => figure.Name == "allocated_bytes_per_event").Min, 0, 48);
    }

    [CollectionDefinition(Alone, DisableParallelization = true)]
    public sealed class WholeProcess;
}
