using System.CommandLine;
using System.Globalization;
using RealtimeInsight.Cli.Simulate;
using RealtimeInsight.Simulation;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight simulate</c>: the whole engine in virtual time, under faults, checked for what must always hold.</summary>
public static class SimulateVerb
{
    private const int SeedsMax = 1_000_000;

    public static Command Create(CliConsole console)
    {
        ArgumentNullException.ThrowIfNull(console);
        var seed = new Option<string>("--seed")
        {
            HelpName = "N|A..B",
            Description = "What everything is drawn from; A..B runs several one after the other",
            DefaultValueFactory = _ => "1",
        };
        var minutes = new Option<int>("--minutes")
        {
            HelpName = "M", Description = "Virtual minutes of load under faults, 1 to 1440", DefaultValueFactory = _ => 60,
        };
        var faults = new Option<string?>("--faults")
        {
            HelpName = "KIND[,KIND...]",
            Description = $"Only these kinds of faults, or none (default: all): {string.Join(", ", FaultNames.All)}",
        };
        var customers = new Option<string?>("--customers") { HelpName = "N[,N...]", Description = "Only these customers" };
        var events = new Option<string?>("--events") { HelpName = "NAME[,NAME...]", Description = "Only these events, e.g. c3e7" };
        var story = new Option<bool>("--story") { Description = "Tell what happened, line by line" };
        var json = new Option<bool>("--json") { Description = "End with one line of JSON on standard output" };
        var verb = new Verb(
            "simulate",
            "Run the whole engine on one thread in virtual time with a faulty disk, faulty receivers and a faulty model, and check that "
            + "nothing is lost, doubled or decided against the policy. The same seed gives the same run.",
            "insight simulate --seed 1 --minutes 60 --json",
            "insight simulate --seed 1..100",
            "insight simulate --seed 1 --minutes 30 --faults crash,disk-full --story")
        {
            seed, minutes, faults, customers, events, story, json,
        };
        verb.SetAction((parsed, cancellationToken) =>
        {
            var (first, last) = SeedsOf(parsed.GetRequiredValue(seed));
            var options = new SimulationOptions
            {
                Seed = first,
                Minutes = parsed.GetValue(minutes),
                Faults = FaultNames.Parse(parsed.GetValue(faults)),
                Customers = parsed.GetValue(customers) is { } numbers ? [.. Split(numbers).Select(CustomerOf)] : null,
                Events = parsed.GetValue(events) is { } names ? [.. Split(names)] : null,
            };
            Check(options, last, cancellationToken);
            var job = new SimulateJob(console, parsed.GetValue(story), parsed.GetValue(json), Simulator.Run, Simulator.Shrink);
            return Task.FromResult(job.Run(options, last, cancellationToken));
        });
        return verb;
    }

    /// <summary>Before anything runs: what one seed draws another may not.</summary>
    private static void Check(SimulationOptions options, long last, CancellationToken cancellationToken)
    {
        var isNamed = options.Customers is not null || options.Events is not null;
        for (var seed = options.Seed; ; seed++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var problems = SimulationOptions.Validate(options with { Seed = seed });
            if (problems.Count > 0) throw CliException.Usage(string.Join("; ", problems.Select(static problem => $"--{problem}")));
            if (!isNamed || seed == last) return;
        }
    }

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static int CustomerOf(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw CliException.Usage($"--customers {text}: give numbers of customers, separated by commas");

    private static (long First, long Last) SeedsOf(string text)
    {
        var ends = text.Split("..", 2);
        if (!long.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !long.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            || last < first || last - first >= SeedsMax)
        {
            throw CliException.Usage($"--seed {text}: give a whole number, or the first and the last of at most {SeedsMax} as A..B");
        }

        return (first, last);
    }
}
