using System.Text.Json;
using RealtimeInsight.Cli.Simulate;
using RealtimeInsight.Cli.Verbs;
using RealtimeInsight.Simulation;

namespace RealtimeInsight.Cli.Tests.Simulate;

public sealed class SimulateVerbTests
{
    [Fact]
    public async Task Simulate_Json_EndsWithTheFiguresOfTheRun()
    {
        var run = await RunAsync("--seed", "3", "--minutes", "10", "--json");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        using var json = JsonDocument.Parse(run.OutLines[^1]);
        Assert.Equal(3, json.RootElement.GetProperty("seed").GetInt64());
        Assert.Equal(0, json.RootElement.GetProperty("violations").GetInt32());
        Assert.True(json.RootElement.GetProperty("events").GetInt64() > 0);
        Assert.True(json.RootElement.TryGetProperty("crashes", out _) && json.RootElement.TryGetProperty("faults", out _));
    }

    [Fact]
    public async Task Simulate_SameSeed_WritesTheSameBytes()
    {
        var first = await RunAsync("--seed", "1..3", "--minutes", "5", "--story", "--json");
        Assert.Equal(first, await RunAsync("--seed", "1..3", "--minutes", "5", "--story", "--json"));
    }

    [Theory]
    [InlineData("--seed", "x", "--seed x")]
    [InlineData("--seed", "5..2", "--seed 5..2")]
    [InlineData("--minutes", "0", "--minutes is 0, 1 to 1440")]
    [InlineData("--events", "zz", "--events has zz, seed 1 draws c0e0 to c0e")]
    [InlineData("--customers", "499", "--customers has 499, seed 1 draws 0 to ")]
    [InlineData("--faults", "rain", "--faults rain")]
    [InlineData("--customers", "a", "--customers a")]
    public async Task Simulate_BadOption_IsNamedAndAnswersTwo(string option, string value, string expected)
    {
        var run = await RunAsync(option, value);
        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Simulate_SomethingBroken_TellsTheSmallestScenarioAndHowToRunItAgain()
    {
        using var output = new StringWriter();
        var console = new CliConsole(output, TextWriter.Null, null, TimeProvider.System);
        var job = new SimulateJob(console, hasStory: false, isJson: true, Broken, (result, _) => Broken(result.Options with
        {
            Minutes = 2, Faults = FaultKinds.Crash | FaultKinds.DiskFull, Customers = [3], Events = ["c3e1", "c3e2"],
        }));

        var code = job.Run(new SimulationOptions { Seed = 7, Minutes = 60 }, last: 9, CancellationToken.None);

        Assert.Equal(ExitCodes.Failure, code);
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("  event_once: 001:00.000 twice", lines);
        Assert.Contains("  ./insight simulate --seed 7 --minutes 2 --faults crash,disk-full --customers 3 --events c3e1,c3e2", lines);
        using var json = JsonDocument.Parse(lines[^1]);
        Assert.Equal(7, json.RootElement.GetProperty("seed").GetInt64());
        Assert.Equal(1, json.RootElement.GetProperty("violations").GetInt32());
    }

    [Fact]
    public void Simulate_NoEventTakenIn_IsNoSuccess()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = new CliConsole(output, error, null, TimeProvider.System);
        var job = new SimulateJob(
            console, hasStory: false, isJson: true, options => Broken(options) with { Events = 0, Violations = [] }, (result, _) => result);

        var code = job.Run(new SimulationOptions { Seed = 7, Minutes = 1 }, last: 8, CancellationToken.None);

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains("0 violations, nothing was checked", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"seeds_without_events\":2", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("--minutes", error.ToString(), StringComparison.Ordinal);
    }

    private static SimulationResult Broken(SimulationOptions options) => new(
        options, 10, 12, 1, 1, 2, 3, 40, "00", [new Violation("event_once", "001:00.000 twice")], ["000:00.000 start 1 with 1 shards"]);

    private static Task<CliRun> RunAsync(params string[] args) =>
        CliRun.OfAsync(static console => [SimulateVerb.Create(console)], ["simulate", .. args]);
}
