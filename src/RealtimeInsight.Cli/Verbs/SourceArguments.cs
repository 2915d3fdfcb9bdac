using System.CommandLine;
using RealtimeInsight.Cli.Features;
using RealtimeInsight.Cli.Replay;

namespace RealtimeInsight.Cli.Verbs;

/// <summary>The options that say what to learn from: the same for <c>features</c> and <c>train</c>.</summary>
internal sealed class SourceArguments
{
    private readonly Option<string?> _data = new("--data")
    {
        HelpName = "PATH",
        Description = $"Also learn from the recorded sets in this folder: {string.Join(", ", FeatureSources.RecordedNames)}; "
            + "with --format: the export to learn from, a file or a folder, and from nothing else",
    };

    private readonly Option<string?> _format = new("--format")
    {
        HelpName = "NAME",
        Description = $"Learn from an export of your own: {EventFormats.Description}",
    };

    private readonly Option<string?> _mapping = new("--mapping")
    {
        HelpName = "FILE",
        Description = EventFormats.MappingDescription,
    };

    private readonly Option<long> _seed = new("--seed")
    {
        HelpName = "N",
        Description = "Draws the simulated customers and the training order",
        DefaultValueFactory = _ => FeatureSettings.SeedDefault,
    };

    private readonly Option<int> _customers = new("--customers")
    {
        HelpName = "N",
        Description = "Simulated customers at one time",
        DefaultValueFactory = _ => FeatureSettings.CustomersDefault,
    };

    private readonly Option<int> _days = new("--days")
    {
        HelpName = "N",
        Description = "Simulated days",
        DefaultValueFactory = _ => FeatureSettings.DaysDefault,
    };

    public void AddTo(Command verb)
    {
        verb.Options.Add(_data);
        verb.Options.Add(_format);
        verb.Options.Add(_mapping);
        verb.Options.Add(_seed);
        verb.Options.Add(_customers);
        verb.Options.Add(_days);
    }

    /// <exception cref="CliException">A value is out of bounds.</exception>
    public FeatureSettings Read(ParseResult parsed, string output) => new FeatureSettings
    {
        Out = output,
        Data = parsed.GetValue(_data),
        Format = parsed.GetValue(_format),
        Mapping = parsed.GetValue(_mapping),
        Seed = parsed.GetValue(_seed),
        Customers = parsed.GetValue(_customers),
        Days = parsed.GetValue(_days),
    }.Checked();
}
