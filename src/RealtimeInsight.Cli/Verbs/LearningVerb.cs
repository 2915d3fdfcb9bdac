using System.CommandLine;
using System.Text.Json.Nodes;
using RealtimeInsight.Cli.Operate;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight learning</c>: what a running engine learns, and the way back.</summary>
public static class LearningVerb
{
    private const string MediaType = "application/json";

    public static Command Create(CliConsole console)
    {
        ArgumentNullException.ThrowIfNull(console);
        return new Verb(
            "learning",
            "What a running engine learns from its customers: look at it, freeze it, reset it, roll it back to an export.",
            "insight learning show",
            "insight learning freeze variants")
        {
            EnginePlace.Verb(
                console, new Verb("show", "What was learned of each part.", "insight learning show --json"),
                static (_, client, stop) => client.GetAsync("/v1/learning", stop), Show),
            Change(console, "freeze", "Let a part act by what it knows now; it goes on counting."),
            Change(console, "unfreeze", "Let a part act by all it has counted again."),
            Change(console, "reset", "Let a part forget what it knows; learning begins anew."),
            Export(console),
            RollBack(console),
        };
    }

    private static Verb Change(CliConsole console, string name, string description)
    {
        var part = new Argument<string>("PART") { Description = "variants, items or statistics" };
        return EnginePlace.Verb(
            console, new Verb(name, description, $"insight learning {name} variants") { part },
            (parsed, client, stop) => client.PostAsync(
                Query.Of($"/v1/learning/{name}", [("part", parsed.GetValue(part))]), "", MediaType, stop),
            Show);
    }

    private static Verb Export(CliConsole console)
    {
        var file = new Argument<string>("FILE") { Description = "What is there is replaced" };
        return EnginePlace.Verb(
            console, new Verb("export", "Write everything that was learned to a file.", "insight learning export learned.json") { file },
            async (parsed, client, stop) =>
            {
                var path = parsed.GetValue(file)!;
                var export = await client.GetAsync("/v1/learning/export", stop).ConfigureAwait(false);
                try
                {
                    await File.WriteAllTextAsync(path, export.ToJsonString(), stop).ConfigureAwait(false);
                }
                catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
                {
                    throw CliException.Usage($"FILE {path}: {problem.Message}");
                }

                return new JsonObject { ["file"] = Path.GetFullPath(path), ["exported_at"] = export["exported_at"]?.DeepClone() };
            },
            static (answer, output) =>
            {
                output.WriteLine($"exported: {answer["file"]}");
                return ExitCodes.Success;
            });
    }

    private static Verb RollBack(CliConsole console)
    {
        var file = new Argument<string>("FILE") { Description = "That 'insight learning export' wrote" };
        return EnginePlace.Verb(
            console,
            new Verb(
                "rollback", "Go back to an export; what was learned since is not counted any more.",
                "insight learning rollback learned.json") { file },
            async (parsed, client, stop) =>
            {
                var path = parsed.GetValue(file)!;
                if (!File.Exists(path)) throw CliException.Usage($"FILE {path}: there is no such file");
                var export = await File.ReadAllTextAsync(path, stop).ConfigureAwait(false);
                return await client.PostAsync("/v1/learning/rollback", export, MediaType, stop).ConfigureAwait(false);
            },
            Show);
    }

    private static int Show(JsonNode answer, TextWriter output)
    {
        if (answer["variants"] is { } variants)
        {
            output.WriteLine($"variants of rules{Frozen(variants)}");
            AnswerText.Table(
                variants["items"], output, "no variants",
                "rule", "variant", "probability", "mean", "low", "high", "decisions", "rewards", "open");
        }

        if (answer["items"] is { } items)
        {
            output.WriteLine(
                $"items{Frozen(items)}: {items["known"]} known, HR@20 {items["hit_rate"] ?? "-"} and MRR@20 {items["mrr"] ?? "-"} "
                + $"of {items["judged"]} lists recommended before the next item");
        }

        if (answer["statistics"] is { } shop)
        {
            output.WriteLine(
                $"statistics{Frozen(shop)}: {shop["items"]} items, {shop["categories"]} categories, {shop["conversion"] ?? "-"} pieces "
                + "ordered for each look");
        }

        var isNothing = (answer["variants"] ?? answer["items"] ?? answer["statistics"]) is null;
        if (isNothing) output.WriteLine("nothing is learned: all of it is off");
        return ExitCodes.Success;
    }

    private static string Frozen(JsonNode part) => (bool?)part["is_frozen"] == true ? " (frozen)" : "";
}
