using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using RealtimeInsight.Cli.Decisions;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Host;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight decisions</c>: the decisions that were drawn, as a table for <c>insight evaluate ope</c>.</summary>
public static class DecisionsVerb
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static Command Create(CliConsole console)
    {
        ArgumentNullException.ThrowIfNull(console);
        var dataDir = new Option<string>("--data-dir")
        {
            HelpName = "DIR",
            Description = "The engine's data folder; the engine may be running",
            DefaultValueFactory = _ => HostOptions.DataDirDefault,
        };
        var file = new Option<string?>("--file") { HelpName = "FILE", Description = "A backup, in place of a data folder" };
        var to = new Option<string>("--out")
        {
            Required = true, HelpName = "FILE", Description = "Table to write, packed when it ends in .gz; what is there is replaced",
        };
        var rule = new Option<string?>("--rule") { HelpName = "ID", Description = "Of this rule only" };
        var json = new Option<bool>("--json") { Description = "End with one line of JSON on standard output" };
        var verb = new Verb(
            "decisions",
            "Write the decisions whose variant was drawn: what was known, the variant, its exact probability, and the reward once it is "
            + "settled. 'insight evaluate ope --format decisions' reads the table.",
            "insight decisions --data-dir .data --out decisions.csv",
            "insight evaluate ope --format decisions --train decisions.csv --test decisions.csv")
        {
            dataDir, file, to, rule, json,
        };
        verb.SetAction((parsed, stop) => Task.FromResult(Write(
            console, parsed.GetValue(file) ?? SqliteStore.PathIn(parsed.GetRequiredValue(dataDir)), parsed.GetValue(rule),
            Path.GetFullPath(parsed.GetRequiredValue(to)), parsed.GetValue(json), stop)));
        return verb;
    }

    private static int Write(CliConsole console, string path, string? rule, string to, bool json, CancellationToken stop)
    {
        try
        {
            using var log = DecisionLog.Open(path);
            var export = new DecisionExport(log.Newest);
            export.Write(log.Read(rule), to, stop);
            Tell(console.Out, export, to, log.Newest.ToString());
            if (json) console.Out.WriteLine(JsonSerializer.Serialize(Summary(export, to, log.Newest.ToString()), s_json));
            return ExitCodes.Success;
        }
        catch (StoreInputException problem)
        {
            throw CliException.Usage(problem.Message);
        }
        catch (StoreException problem)
        {
            throw CliException.Failure(problem.Message, problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"--out {to}: {problem.Message}");
        }
    }

    private static void Tell(TextWriter output, DecisionExport export, string to, string settledUpTo)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{to}: {export.Written:#,0} decisions whose time for a reward had passed on {settledUpTo}"));
        foreach (var (rule, tally) in export.Rules)
        {
            var variants = tally.Variants.Select(static one => string.Create(
                CultureInfo.InvariantCulture, $"{one.Key} {one.Value.Rewards:#,0} of {one.Value.Decisions:#,0}"));
            output.WriteLine($"  {rule}: rewarded {string.Join(", ", variants)}");
        }

        Left(export.Waiting, "whose reward may still come");
        Left(export.WithoutPropensity, "of rules without variants: nothing was drawn, so no probability is known");
        Left(export.NotGiven, "that gave nothing: held out, suppressed, put off or dropped");

        void Left(long count, string which)
        {
            if (count > 0) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  left out: {count:#,0} {which}"));
        }
    }

    private static object Summary(DecisionExport export, string to, string settledUpTo) => new
    {
        File = to,
        SettledUpTo = settledUpTo,
        Decisions = export.Written,
        Rules = export.Rules.ToDictionary(
            static rule => rule.Key,
            static rule => rule.Value.Variants.ToDictionary(
                static one => one.Key, static one => new { one.Value.Decisions, one.Value.Rewards })),
        export.Waiting,
        export.WithoutPropensity,
        export.NotGiven,
    };
}
