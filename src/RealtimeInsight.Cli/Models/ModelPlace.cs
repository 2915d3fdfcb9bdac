using System.CommandLine;
using RealtimeInsight.Cli.Verbs;
using RealtimeInsight.Host;

namespace RealtimeInsight.Cli.Models;

/// <summary>Which engine is meant: a running one by its address, or the folders of one that does not run.</summary>
/// <param name="Url">Null for the folders.</param>
/// <param name="IsJson">Whether the result is one line of JSON.</param>
internal sealed record ModelTarget(Uri? Url, string? Key, string? DataDir, string? Models, bool IsJson);

/// <summary>The options of every subcommand of <c>insight models</c>.</summary>
internal sealed class ModelPlace
{
    private readonly Option<string?> _url = new("--url")
    {
        HelpName = "URL",
        Description = "Address of a running engine; without it the folders of one that does not run are meant",
    };

    private readonly Option<string?> _key = new("--key")
    {
        HelpName = "KEY",
        Description = $"One of the engine's Api:AdminKeys (default: the variable {ModelsVerb.KeyVariable}; "
            + "a demo on this machine needs none)",
    };

    private readonly Option<string?> _dataDir = new("--data-dir")
    {
        HelpName = "DIR",
        Description = $"Data folder: who serves, and registered versions (default: {HostOptions.DataDirDefault})",
    };

    private readonly Option<string?> _models = new("--models")
    {
        HelpName = "DIR",
        Description = "Model repository, read only (default: the one that ships)",
    };

    private readonly Option<bool> _json = new("--json") { Description = "End with one line of JSON on standard output" };

    public ModelPlace(Command verb)
    {
        verb.Options.Add(_url);
        verb.Options.Add(_key);
        verb.Options.Add(_dataDir);
        verb.Options.Add(_models);
        verb.Options.Add(_json);
    }

    /// <exception cref="CliException">Options that exclude each other, or no address.</exception>
    public ModelTarget Read(ParseResult parsed)
    {
        var (url, dataDir, models) = (parsed.GetValue(_url), parsed.GetValue(_dataDir), parsed.GetValue(_models));
        if (url is not null && (dataDir ?? models) is not null)
        {
            throw CliException.Usage("--url is for a running engine, --data-dir and --models are for one that does not run; give one kind");
        }

        var address = url is null ? null : Address(url, "--url");
        return new ModelTarget(address, KeyOf(parsed.GetValue(_key)), dataDir, models, parsed.GetValue(_json));
    }

    /// <summary>A running engine by its address; its key comes from the environment.</summary>
    /// <exception cref="CliException">It is no address.</exception>
    public static ModelTarget Engine(string url) =>
        new(Address(url, "--register"), KeyOf(null), DataDir: null, Models: null, IsJson: false);

    private static string? KeyOf(string? given)
    {
        var key = given ?? Environment.GetEnvironmentVariable(ModelsVerb.KeyVariable);
        return string.IsNullOrEmpty(key) ? null : key;
    }

    private static Uri Address(string url, string option) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw CliException.Usage($"{option} is '{url}'; use an address such as http://127.0.0.1:{HostOptions.PortDefault}");
}
