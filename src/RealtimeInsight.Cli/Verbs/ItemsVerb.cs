using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using RealtimeInsight.Cli.Operate;
using RealtimeInsight.Cli.Replay;
using RealtimeInsight.Cli.Training;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Insights.Recommendation;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight items</c>: the trained order of next items, from the shop's own sessions to who serves.</summary>
public static class ItemsVerb
{
    private const int SessionsMaxDefault = 200_000;

    /// <param name="root">Folder of the repository; null where it is not known.</param>
    public static Command Create(CliConsole console, string? root)
    {
        ArgumentNullException.ThrowIfNull(console);
        return new Verb(
            "items",
            "Train the order of next items on the shop's own sessions, and say which version a running engine recommends by.",
            "insight items train --data-dir .data",
            "insight items promote 1")
        {
            Train(console, root),
            EnginePlace.Verb(
                console,
                new Verb("list", "The versions, which serves, and how it does beside live items alone.", "insight items list --json"),
                static (_, client, stop) => client.GetAsync("/v1/next-items", stop), Show),
            Register(console),
            Promote(console),
            EnginePlace.Verb(
                console, new Verb("rollback", "Back to the version before, or to live items alone.", "insight items rollback"),
                static (_, client, stop) => client.PostAsync("/v1/next-items/rollback", "", "application/json", stop), Show),
        };
    }

    private static Verb Train(CliConsole console, string? root)
    {
        var dataDir = new Option<string?>("--data-dir")
        {
            HelpName = "DIR", Description = "Learn from the log of an engine's data folder; the engine may be running",
        };
        var data = new Option<string?>("--data") { HelpName = "PATH", Description = "Learn from an export, a file or a folder" };
        var format = new Option<string?>("--format") { HelpName = "NAME", Description = $"Of the export: {EventFormats.Description}" };
        var mapping = new Option<string?>("--mapping") { HelpName = "FILE", Description = EventFormats.MappingDescription };
        var output = new Option<string?>("--out")
        {
            HelpName = "DIR",
            Description = $"Folder of the version, e.g. models/{NextItemManifest.KindName}/2 (default: the next free one in .data/models "
                + "of the repository)",
        };
        var sessions = new Option<int>("--sessions-max")
        {
            HelpName = "N",
            Description = $"Newest sessions that are learned from and kept, 100 to {NextItemFile.SessionsMax}",
            DefaultValueFactory = static _ => SessionsMaxDefault,
        };
        var seed = new Option<int>("--seed") { HelpName = "N", Description = "Seed of every random choice", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "End with one line of JSON on standard output" };
        var verb = new Verb(
            "train",
            "Learn which items follow which, and in which order to recommend them, from sessions of looks; judged on the last tenth of "
            + "them. Needs no Python.",
            "insight items train --data-dir .data",
            "insight items train --format segment-ndjson --data export/ --out models/next-items/2 --json")
        {
            dataDir, data, format, mapping, output, sessions, seed, json,
        };
        verb.SetAction((parsed, stop) => Task.FromResult(new ItemTrainJob(console).Run(
            Checked(
                parsed.GetValue(dataDir), parsed.GetValue(data), parsed.GetValue(format), parsed.GetValue(mapping),
                TrainSettings.OutOf(parsed.GetValue(output), root, "items train", NextItemManifest.KindName),
                parsed.GetValue(sessions), parsed.GetValue(seed), parsed.GetValue(json)),
            stop)));
        return verb;
    }

    private static ItemTrainSettings Checked(
        string? dataDir, string? data, string? format, string? mapping, string output, int sessions, int seed, bool isJson)
    {
        if (dataDir is null == data is null) throw CliException.Usage("give --data-dir of an engine, or --data and --format of an export");
        if (data is null != format is null) throw CliException.Usage("--data and --format go together; --data-dir needs neither");
        if (sessions is < 100 or > NextItemFile.SessionsMax)
        {
            throw CliException.Usage($"--sessions-max {sessions}: give 100 to {NextItemFile.SessionsMax}");
        }

        return new ItemTrainSettings(
            dataDir is null ? null : SqliteStore.PathIn(dataDir), data, format, mapping, output, sessions, seed, isJson);
    }

    private static Verb Register(CliConsole console)
    {
        var folder = new Argument<string>("DIR")
        {
            Description = $"Folder with {NextItemPackage.ManifestFile} and {NextItemPackage.ItemsFile}",
        };
        return EnginePlace.Verb(
            console,
            new Verb("register", "Check a version, try it, and keep it with the engine; it serves nobody yet.",
                "insight items register .data/models/next-items/1") { folder },
            (parsed, client, stop) =>
            {
                NextItemPackage package;
                try
                {
                    package = NextItemPackage.Read(parsed.GetValue(folder)!);
                }
                catch (ModelRefusedException problem)
                {
                    throw CliException.Usage(problem.Message);
                }

                return client.PostFilesAsync(
                    "/v1/next-items/register", [("manifest", package.Manifest.ToBytes()), ("items", package.Items)], stop);
            },
            Show);
    }

    private static Verb Promote(CliConsole console)
    {
        var version = new Argument<string>("VERSION") { Description = "A version that 'insight items list' shows" };
        return EnginePlace.Verb(
            console, new Verb("promote", "Let a version order the recommendations.", "insight items promote 1") { version },
            (parsed, client, stop) =>
            {
                var body = new JsonObject { ["version"] = parsed.GetValue(version) }.ToJsonString();
                return client.PostAsync("/v1/next-items/promote", body, "application/json", stop);
            },
            Show);
    }

    private static int Show(JsonNode answer, TextWriter output)
    {
        output.WriteLine($"serving: {(string?)answer["serving"] ?? "what is learned live alone"}");
        if ((long?)answer["judged"] is > 0 and var judged)
        {
            output.WriteLine(
                $"  {judged} lists judged: HR@20 {Figure(answer["hit_rate"])}, MRR@20 {Figure(answer["mrr"])}; "
                + $"live alone on the same looks {Figure(answer["live_hit_rate"])}, {Figure(answer["live_mrr"])}");
        }

        foreach (var version in answer["versions"]!.AsArray())
        {
            var model = version!["manifest"];
            var metrics = model?["metrics"];
            output.WriteLine(model is null
                ? $"  {version["version"]}: cannot be read: {version["problem"]}"
                : $"  {version["version"]}{((bool)version["is_serving"]! ? " (serving)" : "")}: {model["items"]} items, "
                    + $"{model["sessions"]} sessions to {model["trained_to"]}; when trained "
                    + $"HR@20 {Figure(metrics?["hit_rate"])}, MRR@20 {Figure(metrics?["mrr"])}");
        }

        return ExitCodes.Success;
    }

    private static string Figure(JsonNode? value) =>
        value is null ? "-" : ((double)value).ToString("0.000", CultureInfo.InvariantCulture);
}
