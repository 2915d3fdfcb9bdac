using System.Text.Json;
using System.Xml.Linq;
using RealtimeInsight.Cli.Bench;
using RealtimeInsight.Cli.Verbs;

namespace RealtimeInsight.Cli.Tests.Bench;

public sealed class BenchAllTests
{
    [Fact]
    public async Task All_Scenarios_AreInTheTableTheJsonAndThePage()
    {
        using var folder = new BenchFolder();
        var page = Path.Combine(folder.Path, "figures.html");

        var run = await RunAsync("--page", page, "--customers", "7", "--json");

        Assert.Equal(ExitCodes.Success, run.ExitCode);
        using var json = JsonDocument.Parse(run.Out.TrimEnd().Split('\n')[^1]);
        var scenarios = json.RootElement.GetProperty("scenarios");
        Assert.Equal(7, scenarios.GetProperty("engine").GetProperty("customers").GetInt32());
        var spread = scenarios.GetProperty("engine").GetProperty("spread");
        Assert.Equal(3, spread.GetProperty("events_per_second").GetProperty("runs").GetInt32());
        Assert.Equal("needs a moon", scenarios.GetProperty("lacking").GetProperty("problem").GetString());
        Assert.Contains("bench lacking did not run: needs a moon", run.Out);
        Assert.Contains("not reached", run.Out);
        var html = await File.ReadAllTextAsync(page);
        Assert.Contains("a &lt;b&gt; note", html);
        Assert.Contains("needs a moon", html);
        Assert.DoesNotContain("src=", html);
        Assert.DoesNotContain("href=", html);
        var drawings = html.Split("<svg")[1..].Select(static part => XElement.Parse($"<svg{part.Split("</svg>")[0]}</svg>"));
        Assert.Contains(drawings, drawing => drawing.Elements("polyline").Count() == 2);
    }

    [Fact]
    public async Task All_FailedScenario_AnswersOneAndTellsTheOthers()
    {
        using var folder = new BenchFolder();
        var page = Path.Combine(folder.Path, "figures.html");

        var run = await RunAsync("--page", page, "--only", "broken,engine");

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains("bench broken failed: it broke", run.Out);
        Assert.Contains("events_per_second", run.Out);
        Assert.True(File.Exists(page));
    }

    [Theory]
    [InlineData("--only", "engine,guess", "guess")]
    [InlineData("--customers", "0", "--customers 0")]
    public async Task All_WrongArgument_IsNamedAndAnswersTwo(string option, string value, string expected)
    {
        using var folder = new BenchFolder();

        var run = await RunAsync("--page", Path.Combine(folder.Path, "figures.html"), option, value);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error);
    }

    [Fact]
    public void Sizes_OfARunOfAll_AreSmallAndInBounds() => Assert.All(BenchScenarios.All, scenario =>
    {
        var values = BenchAll.Values(scenario, new Dictionary<string, double>());
        Assert.All(scenario.Options, option => Assert.Equal(values[option.Name], option.Checked(values[option.Name])));
        Assert.True(values.GetValueOrDefault("customers") <= 50_000);
    });

    [Fact]
    public void Goals_NameFiguresOnce() => Assert.Distinct(BenchGoal.All.Select(goal => (goal.Scenario, goal.Figure)));

    private static Task<CliRun> RunAsync(params string[] args)
    {
        var names = args.Contains("broken,engine") ? new[] { "engine", "broken" } : ["engine", "lacking"];
        IBenchScenario[] scenarios = [.. names.Select(name => new Sample(name))];
        return CliRun.OfAsync(console => [BenchVerb.Create(console, scenarios)], ["bench", "all", .. args]);
    }

    private sealed class Sample(string name) : IBenchScenario
    {
        public string Name => name;

        public string Summary => "A sample.";

        public IReadOnlyList<BenchOption> Options { get; } = [CommonOption.Customers(1_000_000), CommonOption.Runs(5)];

        public Task RunAsync(BenchContext context, CancellationToken cancellationToken)
        {
            if (name == "lacking") throw new BenchUnavailableException("needs a moon");
            if (name == "broken") throw CliException.Failure("it broke");
            context.Report.Add("customers", context.Whole("customers"), "customers");
            for (var run = 1; run <= context.Runs; run++) context.Report.Add("events_per_second", 1000 * run, "events a second");
            foreach (var (callers, rows) in new[] { (1, 1), (1, 64), (2, 1), (2, 64) })
            {
                context.Report.AddRow("steps", ("callers", callers), ("rows", rows), ("steps_per_second", callers * rows));
            }

            context.Report.Note("a <b> note");
            return Task.CompletedTask;
        }
    }
}
