using System.CommandLine;
using System.Text.Json.Nodes;
using RealtimeInsight.Cli.Operate;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight dead-letters</c>: actions that were given up, in a running engine.</summary>
public static class DeadLettersVerb
{
    public static Command Create(CliConsole console)
    {
        ArgumentNullException.ThrowIfNull(console);
        return new Verb(
            "dead-letters",
            "Actions that a running engine gave up: look at them, and send them again under the same id.",
            "insight dead-letters list --channel webhook --newer-than 24h",
            "insight dead-letters redrive --all --channel webhook --newer-than 24h")
        {
            List(console), Show(console), Redrive(console),
        };
    }

    private static Verb List(CliConsole console)
    {
        var filter = new Filter();
        var cursor = new Option<string?>("--cursor") { HelpName = "TEXT", Description = "'next' of the page before" };
        var verb = new Verb("list", "The newest deaths first.", "insight dead-letters list --limit 100 --json") { cursor };
        filter.AddTo(verb);
        return EnginePlace.Verb(
            console, verb,
            (parsed, client, stop) => client.GetAsync(
                Query.Of("/v1/dead-letters", [.. filter.Values(parsed), ("cursor", parsed.GetValue(cursor))]), stop),
            static (answer, output) => AnswerText.Table(
                answer["items"], output, "no dead letters", "decision_id", "channel", "created_at", "died_at", "attempts", "status_code",
                "reason"));
    }

    private static Verb Show(CliConsole console)
    {
        var id = new Argument<string>("DECISION_ID");
        return EnginePlace.Verb(
            console, new Verb("show", "One dead letter with its attempts and what is sent.", "insight dead-letters show dec_0123") { id },
            (parsed, client, stop) => client.GetAsync($"/v1/dead-letters/{Uri.EscapeDataString(parsed.GetValue(id)!)}", stop),
            AnswerText.Whole);
    }

    private static Verb Redrive(CliConsole console)
    {
        var id = new Argument<string?>("DECISION_ID") { Arity = ArgumentArity.ZeroOrOne, Description = "One dead letter; else give --all" };
        var all = new Option<bool>("--all") { Description = "Every dead letter that passes the filter, the newest first" };
        var filter = new Filter();
        var verb = new Verb(
            "redrive", "Make dead letters pending again, with the whole schedule before them.", "insight dead-letters redrive dec_0123",
            "insight dead-letters redrive --all --channel webhook --newer-than 24h --limit 10000")
        {
            id, all,
        };
        filter.AddTo(verb);
        return EnginePlace.Verb(
            console, verb,
            (parsed, client, stop) =>
            {
                var one = parsed.GetValue(id);
                if (one is null != parsed.GetValue(all)) throw CliException.Usage("give the id of one decision, or --all; not both");
                if (one is not null)
                {
                    return client.PostAsync($"/v1/dead-letters/{Uri.EscapeDataString(one)}/redrive", "", "application/json", stop);
                }

                return client.PostAsync("/v1/dead-letters/redrive", filter.Body(parsed).ToJsonString(), "application/json", stop);
            },
            static (answer, output) =>
            {
                output.WriteLine($"redriven: {answer["redriven"]}");
                return ExitCodes.Success;
            });
    }

    private sealed class Filter
    {
        private readonly Option<string?> _channel = new("--channel")
        {
            HelpName = "NAME", Description = "As the policy names it, or the endpoint of 'insight endpoints list' for all of its names",
        };
        private readonly Option<string?> _newer = new("--newer-than") { HelpName = "AGE", Description = "Decided within this: 24h" };
        private readonly Option<string?> _older = new("--older-than") { HelpName = "AGE", Description = "Decided before that: 7d" };
        private readonly Option<int?> _limit = new("--limit")
        {
            HelpName = "N", Description = "Most of them (default: 50 to list, 1000 to redrive)",
        };

        public void AddTo(Command verb)
        {
            verb.Options.Add(_channel);
            verb.Options.Add(_newer);
            verb.Options.Add(_older);
            verb.Options.Add(_limit);
        }

        public (string Name, string? Value)[] Values(ParseResult parsed) =>
        [
            ("channel", parsed.GetValue(_channel)), ("newer_than", parsed.GetValue(_newer)), ("older_than", parsed.GetValue(_older)),
            ("limit", parsed.GetValue(_limit)?.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ];

        public JsonObject Body(ParseResult parsed)
        {
            var body = new JsonObject();
            if (parsed.GetValue(_channel) is { } channel) body["channel"] = channel;
            if (parsed.GetValue(_newer) is { } newer) body["newer_than"] = newer;
            if (parsed.GetValue(_older) is { } older) body["older_than"] = older;
            if (parsed.GetValue(_limit) is { } limit) body["limit"] = limit;
            return body;
        }
    }
}
