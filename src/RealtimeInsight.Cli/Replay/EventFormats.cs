using RealtimeInsight.Cli.Replay.Csv;

namespace RealtimeInsight.Cli.Replay;

/// <summary>The formats that can be replayed.</summary>
public static class EventFormats
{
    public static IReadOnlyList<IEventFormat> All { get; } =
        [new RetailRocketFormat(), new OnlineRetailFormat(), new Eshop2008Format(), new SegmentNdjsonFormat()];

    /// <summary>Names that <c>--format</c> takes: those without a mapping, and the one that needs it.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(format => format.Name), MappedCsvFormat.FormatName];

    /// <summary>One line for the help of <c>--format</c>.</summary>
    public static string Description =>
        string.Join("; ", All.Select(known => $"{known.Name} ({known.Description})"))
        + $"; {MappedCsvFormat.FormatName} ({MappedCsvFormat.FormatDescription})";

    /// <summary>One line for the help of <c>--mapping</c>.</summary>
    public static string MappingDescription =>
        "What the columns and events of your own export mean (csv; with segment_ndjson its events only)";

    /// <exception cref="CliException">No format has this name, or the mapping does not go with it.</exception>
    /// <param name="name">Hyphens and underscores are the same.</param>
    /// <param name="mapping">Path of a mapping; null for none.</param>
    public static IEventFormat Get(string name, string? mapping = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        var normal = name.Replace('-', '_');
        if (normal.Equals(MappedCsvFormat.FormatName, StringComparison.OrdinalIgnoreCase))
        {
            return mapping is null
                ? throw CliException.Usage(
                    $"--format {name} needs --mapping FILE, which says what its columns mean; infra/docs/replay.md shows one")
                : new MappedCsvFormat(EventMapping.Read(mapping), mapping);
        }

        var known = All.FirstOrDefault(format => format.Name.Equals(normal, StringComparison.OrdinalIgnoreCase))
            ?? throw CliException.Usage($"--format {name}: there is no such format; there are {string.Join(", ", Names)}");
        if (mapping is null) return known;
        if (known is SegmentNdjsonFormat) return new SegmentNdjsonFormat(EventMapping.Read(mapping));
        throw CliException.Usage(
            $"--mapping is for --format {MappedCsvFormat.FormatName} and segment-ndjson; {known.Name} has columns of its own");
    }
}
