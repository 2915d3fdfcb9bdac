using System.Text.Json;
using RealtimeInsight.Cli.Bench;
using RealtimeInsight.Cli.Verbs;

namespace RealtimeInsight.Cli.Tests.Bench;

public sealed class BenchVerbTests
{
    [Fact]
    public async Task Bench_Json_EndsWithMediansSpreadTablesAndMachine()
    {
        var run = await RunAsync("sample", "--customers", "3", "--json");

        Assert.Equal(ExitCodes.Success, run.ExitCode);
        using var json = JsonDocument.Parse(run.Out.TrimEnd().Split('\n')[^1]);
        var root = json.RootElement;
        Assert.Equal("sample", root.GetProperty("scenario").GetString());
        Assert.Equal(3, root.GetProperty("customers").GetInt32());
        Assert.Equal(20, root.GetProperty("events_per_second").GetInt32());
        Assert.Equal(10, root.GetProperty("spread").GetProperty("events_per_second").GetProperty("min").GetInt32());
        Assert.Equal(90, root.GetProperty("spread").GetProperty("events_per_second").GetProperty("max").GetInt32());
        Assert.Equal(1.5, root.GetProperty("tables").GetProperty("growth")[1].GetProperty("p99_ms").GetDouble());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("undefined").ValueKind);
        Assert.Equal("Only a sample.", root.GetProperty("notes")[0].GetString());
        Assert.True(root.GetProperty("machine").GetProperty("cores").GetInt32() > 0);
        Assert.Contains("step one", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bench_WithoutJson_ShowsATable()
    {
        var run = await RunAsync("sample");

        Assert.Contains("events_per_second", run.Out, StringComparison.Ordinal);
        Assert.Contains("(10 to 90)", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("{", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sample", "--customers", "0", "--customers 0")]
    [InlineData("sample", "--customers", "1.5", "whole")]
    [InlineData("sample", "--customers", "1,5", "'1,5' for --customers: give one number, without separators")]
    [InlineData("sample", "--runs", "1,000", "'1,000' for --runs: give one number, without separators")]
    [InlineData("all", "--events", "1,5", "'1,5' for --events: give one number, without separators")]
    [InlineData("sample", "--bogus", "1", "--bogus")]
    [InlineData("guess", "--customers", "1", "guess")]
    public async Task Bench_WrongArgument_IsNamedAndAnswersTwo(string scenario, string option, string value, string expected)
    {
        var run = await RunAsync(scenario, option, value);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Scenarios_NamesAndOptions_AreSnakeCaseAndUnique()
    {
        Assert.Distinct(BenchScenarios.All.Select(scenario => scenario.Name));
        Assert.All(BenchScenarios.All, scenario =>
        {
            Assert.Matches("^[a-z]+$", scenario.Name);
            Assert.Distinct(scenario.Options.Select(option => option.Name));
            Assert.All(scenario.Options, option =>
            {
                Assert.Matches("^[a-z][a-z-]*$", option.Name);
                Assert.Equal(option.Default, option.Checked(option.Default));
            });
        });
    }

    private static Task<CliRun> RunAsync(params string[] args) =>
        CliRun.OfAsync(static console => [BenchVerb.Create(console, [new SampleScenario()])], ["bench", .. args]);

    private sealed class SampleScenario : IBenchScenario
    {
        public string Name => "sample";

        public string Summary => "A sample.";

        public IReadOnlyList<BenchOption> Options { get; } = [CommonOption.Customers(7), CommonOption.Runs(3)];

        public Task RunAsync(BenchContext context, CancellationToken cancellationToken)
        {
            context.Progress("step one");
            context.Report.Add("customers", context.Whole("customers"), "customers");
            foreach (var rate in new[] { 90, 10, 20 }) context.Report.Add("events_per_second", rate, "events a second");
            context.Report.Add("undefined", double.NaN, "not known");
            context.Report.AddRow("growth", ("customers", 1), ("p99_ms", 0.25));
            context.Report.AddRow("growth", ("customers", 10), ("p99_ms", 1.5));
            context.Report.Note("Only a sample.");
            return Task.CompletedTask;
        }
    }
}
