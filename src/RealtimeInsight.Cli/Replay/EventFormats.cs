using RealtimeInsight.Cli.Replay.Csv;

namespace RealtimeInsight.Cli.Replay;

/// <summary>The formats that can be replayed.</summary>
public static class EventFormats
{
    public static IReadOnlyList<IEventFormat> All { get; } =
        [new RetailRocketFormat(), new OnlineRetailFormat(), new Eshop2008Format(), new SegmentNdjsonFormat()];

    /// <exception cref="CliException">No format has this name.</exception>
    public static IEventFormat Get(string name) =>
        All.FirstOrDefault(format => format.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw CliException.Usage(
            $"--format {name}: there is no such format; there are {string.Join(", ", All.Select(format => format.Name))}");
}
