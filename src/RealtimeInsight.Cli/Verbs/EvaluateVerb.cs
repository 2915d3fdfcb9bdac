using System.CommandLine;
using System.Globalization;
using RealtimeInsight.Cli.Evaluate;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight evaluate</c>: trains on earlier data and reports on later data, beside named baselines.</summary>
public static class EvaluateVerb
{
    public static Command Create(CliConsole console)
    {
        ArgumentNullException.ThrowIfNull(console);
        var task = new Argument<string>("TASK")
        {
            Description = string.Join("; ", EvaluationTask.All.Select(known =>
                $"{known.Name}: {known.Description} (formats: {string.Join(", ", known.Formats)})")),
        };
        task.CompletionSources.Add(_ => EvaluationTask.All.Select(known => new System.CommandLine.Completions.CompletionItem(known.Name)));
        var format = new Option<string>("--format") { Required = true, HelpName = "NAME",
            Description = "Format of the files; see the task" };
        var train = Paths("--train", "Files or folders to train on; .gz is unpacked");
        var test = Paths("--test", "Files or folders to judge on: later or unseen data");
        var json = new Option<bool>("--json") { Description = "End with one line of JSON on standard output" };
        var seed = new Option<int>("--seed") { HelpName = "N", Description = "Seed of every random choice", DefaultValueFactory = _ => 1 };
        var cuts = new Option<string?>("--cuts")
        {
            HelpName = "DAY[,DAY...]",
            Description = "churn, clv: judge customers as known at the end of these days (yyyy-mm-dd; default: chosen from the data)",
        };
        var leaking = new Option<bool>("--with-leaking-columns")
        {
            Description = "conversion: also use columns that give the label away, to see by how much",
        };
        var verb = new Verb(
            "evaluate",
            "Train on the first data, report on the second: n, base rate and the metrics that fit, beside named baselines.",
            "insight evaluate clv --format cdnow --train ../shared/data/cdnow --test ../shared/data/cdnow",
            "insight evaluate uplift --format hillstrom --train train.csv.gz --test test.csv.gz --json")
        {
            task, format, train, test, json, seed, cuts, leaking,
        };
        verb.SetAction((parsed, cancellationToken) => Task.FromResult(new EvaluationJob(console).Run(
            new EvaluationRequest
            {
                Task = parsed.GetRequiredValue(task),
                Format = parsed.GetRequiredValue(format),
                Train = parsed.GetRequiredValue(train),
                Test = parsed.GetRequiredValue(test),
                Json = parsed.GetValue(json),
                Seed = parsed.GetValue(seed),
                Cuts = CutsOf(parsed.GetValue(cuts)),
                WithLeakingColumns = parsed.GetValue(leaking),
            },
            cancellationToken)));
        return verb;
    }

    private static Option<string[]> Paths(string name, string description) => new(name)
    {
        Required = true,
        HelpName = "PATH...",
        Description = description,
        AllowMultipleArgumentsPerToken = true,
    };

    private static List<DateOnly> CutsOf(string? text)
    {
        var cuts = new List<DateOnly>();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!DateOnly.TryParseExact(part, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                throw CliException.Usage($"--cuts {part}: give days as yyyy-mm-dd, separated by commas");
            }

            cuts.Add(day);
        }

        return [.. cuts.Distinct().Order()];
    }
}
