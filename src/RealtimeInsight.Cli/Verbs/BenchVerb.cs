using System.CommandLine;
using System.Globalization;
using RealtimeInsight.Cli.Bench;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight bench SCENARIO</c>: measures this program on this machine.</summary>
public static class BenchVerb
{
    public static Command Create(CliConsole console) => Create(console, BenchScenarios.All);

    internal static Command Create(CliConsole console, IReadOnlyList<IBenchScenario> scenarios)
    {
        ArgumentNullException.ThrowIfNull(console);
        ArgumentNullException.ThrowIfNull(scenarios);
        var verb = new Verb(
            "bench",
            "Measure this program on this machine. Each scenario warms up, runs several times and tells medians with their spread; "
            + "figures of one run on one machine compare with each other, not with another machine's.",
            [.. scenarios.SelectMany(static scenario => scenario.Examples.Take(1))]);
        foreach (var scenario in scenarios) verb.Subcommands.Add(CreateScenario(console, scenario));
        return verb;
    }

    private static Verb CreateScenario(CliConsole console, IBenchScenario scenario)
    {
        var verb = new Verb(scenario.Name, scenario.Summary, [.. scenario.Examples]);
        var json = new Option<bool>("--json") { Description = "End with one line of JSON on standard output" };
        var reads = new List<(BenchOption Option, Func<ParseResult, double> Read)>();
        foreach (var option in scenario.Options) reads.Add((option, AddOption(verb, option)));
        verb.Options.Add(json);
        verb.SetAction((parsed, cancellationToken) =>
        {
            var values = reads.ToDictionary(
                static pair => pair.Option.Name, pair => pair.Option.Checked(pair.Read(parsed)), StringComparer.Ordinal);
            return new BenchJob(console).RunAsync(scenario, values, parsed.GetValue(json), cancellationToken);
        });
        return verb;
    }

    private static Func<ParseResult, double> AddOption(Verb verb, BenchOption option)
    {
        if (option.IsSwitch)
        {
            var flag = new Option<bool>($"--{option.Name}") { Description = option.Description };
            verb.Options.Add(flag);
            return parsed => parsed.GetValue(flag) ? 1 : 0;
        }

        var value = new Option<double>($"--{option.Name}")
        {
            HelpName = "N",
            Description = string.Create(CultureInfo.InvariantCulture, $"{option.Description} ({option.Min} to {option.Max})"),
            DefaultValueFactory = _ => option.Default,
        };
        verb.Options.Add(value);
        return parsed => parsed.GetValue(value);
    }
}
