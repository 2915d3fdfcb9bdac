using System.Text.Json.Nodes;
using RealtimeInsight.Cli.Bench.Report;

namespace RealtimeInsight.Cli.Bench;

/// <summary>Runs scenarios one after the other with small sizes, and writes one table and one page.</summary>
internal sealed class BenchAll(CliConsole console)
{
    /// <summary>Largest sizes in a run of all scenarios, by option; a scenario's own default counts where it is smaller.</summary>
    private static readonly Dictionary<string, double> s_small = new(StringComparer.Ordinal)
    {
        ["customers"] = 50_000,
        ["deadlines"] = 50_000,
        ["spread"] = 40,
        ["events"] = 100_000,
        [CommonOption.RunsName] = 3,
        [CommonOption.SecondsName] = 1,
    };

    /// <param name="page">Where the page goes.</param>
    /// <param name="given">Values that count instead of the small ones, by option.</param>
    public async Task<int> RunAsync(
        IReadOnlyList<IBenchScenario> scenarios, IReadOnlyDictionary<string, double> given, string page, bool isJson,
        CancellationToken cancellationToken)
    {
        var machine = BenchMachine.Read();
        var started = console.Time.GetTimestamp();
        var results = new List<BenchResult>();

        // All values are checked before the first scenario takes its time.
        var values = scenarios.Select(scenario => (Scenario: scenario, Values: Values(scenario, given))).ToArray();
        foreach (var (scenario, sizes) in values)
        {
            results.Add(await RunAsync(scenario, sizes, cancellationToken).ConfigureAwait(false));
            GC.Collect();
        }

        var elapsed = console.Time.GetElapsedTime(started);
        foreach (var result in results) Show(result, machine);
        ShowGoals(results);
        await File.WriteAllTextAsync(page, HtmlReport.Write(results, machine, console.Time.GetUtcNow(), elapsed), cancellationToken)
            .ConfigureAwait(false);
        await console.Out.WriteLineAsync($"report: {Path.GetFullPath(page)}").ConfigureAwait(false);
        if (isJson) await console.Out.WriteLineAsync(ToJsonLine(results, machine, page, elapsed)).ConfigureAwait(false);
        return results.Exists(static result => result.Failure is not null) ? ExitCodes.Failure : ExitCodes.Success;
    }

    /// <summary>The options' values of a scenario in a run of all of them.</summary>
    public static Dictionary<string, double> Values(IBenchScenario scenario, IReadOnlyDictionary<string, double> given) =>
        scenario.Options.ToDictionary(
            static option => option.Name,
            option => given.TryGetValue(option.Name, out var value)
                ? option.Checked(value)
                : Math.Min(option.Default, s_small.GetValueOrDefault(option.Name, double.MaxValue)),
            StringComparer.Ordinal);

    private async Task<BenchResult> RunAsync(
        IBenchScenario scenario, IReadOnlyDictionary<string, double> values, CancellationToken cancellationToken)
    {
        var report = new BenchReport(scenario.Name);
        var status = new StatusLine(console);
        var started = console.Time.GetTimestamp();
        string? missing = null, failure = null;
        try
        {
            var context = new BenchContext(values, report, console.Time, line => status.Show($"{scenario.Name}: {line}"));
            await scenario.RunAsync(context, cancellationToken).ConfigureAwait(false);
        }
        catch (BenchUnavailableException fault)
        {
            missing = fault.Message;
        }
        catch (CliException fault)
        {
            failure = fault.Message;
        }
        finally
        {
            status.End();
        }

        return new BenchResult(scenario, report, missing, failure, console.Time.GetElapsedTime(started));
    }

    private void Show(BenchResult result, BenchMachine machine)
    {
        if (result.IsComplete) BenchWriter.WriteTable(console.Out, result.Report, machine);
        else console.Out.WriteLine($"bench {result.Scenario.Name} {(result.Missing is null ? "failed" : "did not run")}: {result.Problem}");
    }

    private void ShowGoals(List<BenchResult> results)
    {
        console.Out.WriteLine("goals, of two cores that nothing else uses and of default sizes:");
        foreach (var goal in BenchGoal.All)
        {
            if (results.Find(result => result.Scenario.Name == goal.Scenario) is not { IsComplete: true } result) continue;
            if (result.Report.Median(goal.Figure) is not { } value) continue;
            var name = $"{goal.Scenario} {goal.Figure}";
            var verdict = goal.IsReached(value) ? "reached" : "not reached";
            console.Out.WriteLine($"  {name,-28}{BenchContext.Short(value),12}   {goal,-20}{verdict}");
        }
    }

    private static string ToJsonLine(List<BenchResult> results, BenchMachine machine, string page, TimeSpan elapsed)
    {
        var scenarios = new JsonObject();
        foreach (var result in results)
        {
            var json = result.IsComplete ? BenchWriter.ToJson(result.Report) : new JsonObject { ["problem"] = result.Problem };
            json["elapsed_s"] = Math.Round(result.Elapsed.TotalSeconds, 3);
            scenarios[result.Scenario.Name] = json;
        }

        return new JsonObject
        {
            ["scenario"] = "all",
            ["scenarios"] = scenarios,
            ["report"] = page,
            ["machine"] = machine.ToJson(),
            ["elapsed_s"] = Math.Round(elapsed.TotalSeconds, 3),
        }.ToJsonString();
    }
}
