using System.CommandLine;
using System.Globalization;
using RealtimeInsight.Cli.Bench;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight bench SCENARIO</c>: measures this program on this machine.</summary>
public static class BenchVerb
{
    private static readonly string[] AllSizes = ["customers", "events", CommonOption.RunsName, CommonOption.SecondsName];

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
        verb.Subcommands.Add(CreateAll(console, scenarios));
        verb.Subcommands.Add(BenchWorker.Create(console));
        return verb;
    }

    private static Verb CreateAll(CliConsole console, IReadOnlyList<IBenchScenario> scenarios)
    {
        var verb = new Verb(
            "all",
            "Every scenario with small sizes, one after the other: a table, the goals, and one HTML page with plots. What this machine "
            + "lacks is named and left out.",
            ["insight bench all", "insight bench all --page figures.html --only engine,http --runs 5 --json"]);
        var json = new Option<bool>("--json") { Description = "End with one line of JSON on standard output" };
        var page = new Option<string>("--page")
        {
            HelpName = "FILE", Description = "Where the page goes", DefaultValueFactory = static _ => "bench.html",
        };
        var only = new Option<string>("--only") { HelpName = "NAMES", Description = "Scenarios by name, separated by commas" };
        var sizes = AllSizes.Select(name => (name, Option: new Option<double?>($"--{name}")
        {
            HelpName = "N",
            Description = $"--{name} of every scenario that has it",
            CustomParser = static result => NumberArgument.Read(result),
        })).ToArray();
        foreach (var option in new Option[] { page, only, json }) verb.Options.Add(option);
        foreach (var (_, option) in sizes) verb.Options.Add(option);
        verb.SetAction((parsed, cancellationToken) =>
        {
            var given = sizes.Where(size => parsed.GetValue(size.Option) is not null)
                .ToDictionary(static size => size.name, size => parsed.GetValue(size.Option)!.Value, StringComparer.Ordinal);
            return new BenchAll(console).RunAsync(
                Chosen(scenarios, parsed.GetValue(only)), given, parsed.GetValue(page)!, parsed.GetValue(json), cancellationToken);
        });
        return verb;
    }

    private static IReadOnlyList<IBenchScenario> Chosen(IReadOnlyList<IBenchScenario> scenarios, string? names)
    {
        if (names is null) return scenarios;
        return
        [
            .. names.Split(',', StringSplitOptions.TrimEntries).Select(name =>
                scenarios.FirstOrDefault(scenario => scenario.Name == name) ?? throw CliException.Usage(
                    $"--only {name}: there is no such scenario; give some of {string.Join(", ", scenarios.Select(known => known.Name))}")),
        ];
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
            CustomParser = NumberArgument.Read,
        };
        verb.Options.Add(value);
        return parsed => parsed.GetValue(value);
    }
}
