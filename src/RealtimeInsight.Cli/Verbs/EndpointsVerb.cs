using System.CommandLine;
using System.Text.Json.Nodes;
using RealtimeInsight.Cli.Operate;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight endpoints</c>: where a running engine sends its actions.</summary>
public static class EndpointsVerb
{
    public static Command Create(CliConsole console)
    {
        ArgumentNullException.ThrowIfNull(console);
        return new Verb(
            "endpoints",
            "Where a running engine sends its actions: which are paused or disabled, and enabling one again.",
            "insight endpoints list",
            "insight endpoints enable webhook")
        {
            EnginePlace.Verb(
                console, new Verb("list", "Every endpoint with its state.", "insight endpoints list --json"),
                static (_, client, stop) => client.GetAsync("/v1/endpoints", stop),
                static (answer, output) => Show(answer, output)),
            Change(console, "enable", "Let an endpoint be sent to again. What became a dead letter meanwhile is sent by redriving it."),
            Change(console, "disable", "Send nothing to an endpoint: its actions become dead letters."),
        };
    }

    private static Verb Change(CliConsole console, string name, string description)
    {
        var endpoint = new Argument<string>("NAME") { Description = "As 'insight endpoints list' shows it" };
        return EnginePlace.Verb(
            console, new Verb(name, description, $"insight endpoints {name} webhook") { endpoint },
            (parsed, client, stop) => client.PostAsync(
                $"/v1/endpoints/{Uri.EscapeDataString(parsed.GetValue(endpoint)!)}/{name}", "", "application/json", stop),
            static (answer, output) => Show(new JsonArray(answer.DeepClone()), output));
    }

    private static int Show(JsonNode answer, TextWriter output) =>
        AnswerText.Table(answer, output, "no endpoints", "name", "names", "state", "since", "until", "failures", "reason");
}
