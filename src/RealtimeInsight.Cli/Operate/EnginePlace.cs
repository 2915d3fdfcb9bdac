using System.CommandLine;
using RealtimeInsight.Cli.Verbs;
using RealtimeInsight.Host;

namespace RealtimeInsight.Cli.Operate;

/// <summary>The options of every subcommand that asks a running engine, and how one is run.</summary>
internal sealed class EnginePlace
{
    private readonly Option<string> _url = new("--url")
    {
        HelpName = "URL",
        Description = "Address of the engine",
        DefaultValueFactory = _ => $"http://127.0.0.1:{HostOptions.PortDefault}",
    };

    private readonly Option<string?> _key = new("--key")
    {
        HelpName = "KEY",
        Description = $"A key of Api:ReadKeys to look, of Api:AdminKeys to change (default: the variable {ModelsVerb.KeyVariable}; "
            + "a demo on this machine needs none)",
    };

    private readonly Option<bool> _json = new("--json") { Description = "End with one line of JSON: the engine's answer" };

    /// <summary>A subcommand of its own options, what it asks, and how the answer is shown to people.</summary>
    /// <param name="ask">Returns the answer.</param>
    /// <param name="show">Writes it, and returns the exit code.</param>
    public static Verb Verb(
        CliConsole console, Verb verb, Func<ParseResult, EngineClient, CancellationToken, Task<System.Text.Json.Nodes.JsonNode>> ask,
        Func<System.Text.Json.Nodes.JsonNode, TextWriter, int> show)
    {
        var place = new EnginePlace();
        verb.Options.Add(place._url);
        verb.Options.Add(place._key);
        verb.Options.Add(place._json);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = place.Open(parsed);
            var answer = await ask(parsed, client, cancellationToken).ConfigureAwait(false);
            var isJson = parsed.GetValue(place._json);
            var code = show(answer, isJson ? TextWriter.Null : console.Out);
            if (isJson) await console.Out.WriteLineAsync(answer.ToJsonString()).ConfigureAwait(false);
            return code;
        });
        return verb;
    }

    private EngineClient Open(ParseResult parsed)
    {
        var url = parsed.GetValue(_url);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw CliException.Usage($"--url is '{url}'; use an address such as http://127.0.0.1:{HostOptions.PortDefault}");
        }

        var key = parsed.GetValue(_key) ?? Environment.GetEnvironmentVariable(ModelsVerb.KeyVariable);
        return new EngineClient(address, string.IsNullOrEmpty(key) ? null : key);
    }
}
