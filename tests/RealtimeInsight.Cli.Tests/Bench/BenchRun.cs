using RealtimeInsight.Cli.Bench;

namespace RealtimeInsight.Cli.Tests.Bench;

/// <summary>Runs a scenario with its defaults and what is given.</summary>
internal static class BenchRun
{
    public static async Task<BenchReport> OfAsync(IBenchScenario scenario, params (string Option, double Value)[] given)
    {
        var report = new BenchReport(scenario.Name);
        var defaults = scenario.Options.ToDictionary(option => option.Name, option => option.Default);
        var context = new BenchContext(defaults, report, TimeProvider.System, _ => { }).With(report, given);
        await scenario.RunAsync(context, CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(2));
        return report;
    }
}
