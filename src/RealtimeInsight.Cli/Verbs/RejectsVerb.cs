using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using RealtimeInsight.Cli.Operate;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight rejects</c>: what a running engine did not accept.</summary>
public static class RejectsVerb
{
    private const string PatchType = "application/merge-patch+json";
    private static readonly string[] s_columns = ["id", "received_at", "source", "call", "index", "code", "outcome", "message"];

    public static Command Create(CliConsole console)
    {
        ArgumentNullException.ThrowIfNull(console);
        return new Verb(
            "rejects",
            "What a running engine did not accept: look at it, repair it, and send it through the intake again.",
            "insight rejects list --code invalid_number",
            "insight rejects replay 17 --patch '{\"properties\":{\"price\":9.9}}'")
        {
            List(console), Show(console), Replay(console),
        };
    }

    private static Verb List(CliConsole console)
    {
        var code = new Option<string?>("--code") { HelpName = "CODE", Description = "Reason, such as invalid_number or late" };
        var source = new Option<string?>("--source") { HelpName = "NAME", Description = "http, replay or engine" };
        var from = new Option<string?>("--from") { HelpName = "TIME", Description = "Received at this time (ISO 8601) or later" };
        var to = new Option<string?>("--to") { HelpName = "TIME", Description = "Received before this time" };
        var open = new Option<bool>("--open") { Description = "Only those that were not replayed" };
        var limit = new Option<int?>("--limit") { HelpName = "N", Description = "Most of them (default 50)" };
        var before = new Option<long?>("--before") { HelpName = "ID", Description = "'next' of the page before" };
        var verb = new Verb("list", "The newest first.", "insight rejects list --code late --open --json")
        {
            code, source, from, to, open, limit, before,
        };
        return EnginePlace.Verb(
            console, verb,
            (parsed, client, stop) => client.GetAsync(
                Query.Of("/v1/rejects",
                [
                    ("code", parsed.GetValue(code)), ("source", parsed.GetValue(source)), ("from", parsed.GetValue(from)),
                    ("to", parsed.GetValue(to)), ("replayed", parsed.GetValue(open) ? "false" : null),
                    ("limit", parsed.GetValue(limit)?.ToString(CultureInfo.InvariantCulture)),
                    ("before", parsed.GetValue(before)?.ToString(CultureInfo.InvariantCulture)),
                ]),
                stop),
            static (answer, output) => AnswerText.Table(answer["items"], output, "no rejects", s_columns));
    }

    private static Verb Show(CliConsole console)
    {
        var id = new Argument<long>("ID");
        return EnginePlace.Verb(
            console, new Verb("show", "One reject with its item.", "insight rejects show 17") { id },
            (parsed, client, stop) =>
                client.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/rejects/{parsed.GetValue(id)}"), stop),
            AnswerText.Whole);
    }

    private static Verb Replay(CliConsole console)
    {
        var id = new Argument<long>("ID");
        var patch = new Option<string?>("--patch") { HelpName = "JSON", Description = "Merge patch (RFC 7396) of the item" };
        var body = new Option<string?>("--body") { HelpName = "FILE", Description = "File with what takes the item's place" };
        var late = new Option<bool>("--take-late") { Description = "Take the event in however late it is" };
        var verb = new Verb(
            "replay", "Send one through the intake again. What came in before does nothing. Exit code 1 when it is still not accepted.",
            "insight rejects replay 17 --patch '{\"userId\":\"ada\"}'", "insight rejects replay 18 --take-late")
        {
            id, patch, body, late,
        };
        return EnginePlace.Verb(
            console, verb,
            async (parsed, client, stop) =>
            {
                var (change, file) = (parsed.GetValue(patch), parsed.GetValue(body));
                if (change is not null && file is not null) throw CliException.Usage("give --patch or --body, not both");
                if (file is not null && !File.Exists(file)) throw CliException.Usage($"--body {file}: there is no such file");
                var content = file is null ? change ?? "" : await File.ReadAllTextAsync(file, stop).ConfigureAwait(false);
                var path = string.Create(CultureInfo.InvariantCulture, $"/v1/rejects/{parsed.GetValue(id)}/replay");
                if (parsed.GetValue(late)) path += "?take_late=true";
                return await client.PostAsync(path, content, file is null ? PatchType : "application/json", stop).ConfigureAwait(false);
            },
            ShowReplay);
    }

    private static int ShowReplay(JsonNode answer, TextWriter output)
    {
        var outcome = (string?)answer["outcome"];
        var wasDone = (bool?)answer["was_done"] == true ? " (by an earlier replay; nothing was done now)" : "";
        output.WriteLine($"{outcome}{wasDone}");
        foreach (var reject in answer["rejected"] as JsonArray ?? []) output.WriteLine($"  {reject?["code"]}: {reject?["message"]}");
        return outcome is "accepted" or "duplicate" ? ExitCodes.Success : ExitCodes.Failure;
    }
}
