using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Cli.Replay;

/// <summary>
/// The data lines of one replay in event-time order. Virtual time needs that order, recorded files rarely have it throughout, and
/// they are small, so they are sorted in memory: at most <see cref="LinesMax"/> lines.
/// </summary>
public sealed class ReplayInput
{
    /// <summary>Most data lines of one replay; about 3 GB of memory. More is refused: split the data, or give a limit.</summary>
    public const int LinesMax = 5_000_000;

    private ReplayInput(IReadOnlyList<DataFile> files, IReadOnlyList<ReplayItem> items)
    {
        Files = files;
        Items = items;
        MalformedCount = items.Count(item => item.Malformed is not null);
    }

    public IReadOnlyList<DataFile> Files { get; }

    /// <summary>Every data line; the sort is stable, and a malformed line keeps its place behind the line before it.</summary>
    public IReadOnlyList<ReplayItem> Items { get; }

    public int MalformedCount { get; }

    /// <param name="path">A file, or a folder of files that are read one after the other in name order.</param>
    /// <param name="limit">Most data lines to read, from the start of the first file.</param>
    /// <exception cref="CliException">The path is missing or holds no such file; a file is not of the format; too many lines.</exception>
    public static ReplayInput Load(IEventFormat format, string path, int? limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(format);
        var files = DataFile.Find(path, format.FileEndings);
        var items = new List<ReplayItem>();
        var times = new List<Instant>();
        var lastTime = Instant.None;
        var isOrdered = true;
        foreach (var item in files.SelectMany(format.Read).Take(limit ?? LinesMax + 1))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var time = item.Event?.OccurredAt ?? lastTime;
            isOrdered &= time >= lastTime;
            lastTime = time;
            items.Add(item);
            times.Add(time);
        }

        if (items.Count > LinesMax)
        {
            throw CliException.Usage(
                $"--data {path}: more than {LinesMax} lines, the most one replay sorts in memory; split it or give --limit");
        }

        return new ReplayInput(files, isOrdered ? items : Sort(items, times));
    }

    private static ReplayItem[] Sort(List<ReplayItem> items, List<Instant> times) =>
        [.. Enumerable.Range(0, items.Count).OrderBy(position => times[position].UnixMs).Select(position => items[position])];
}
