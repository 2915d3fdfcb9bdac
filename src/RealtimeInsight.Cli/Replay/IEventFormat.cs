namespace RealtimeInsight.Cli.Replay;

/// <summary>A format of recorded events: turns each data line of a file into one event, or into the reason why it is none.</summary>
public interface IEventFormat
{
    /// <summary>As given to <c>--format</c>.</summary>
    string Name { get; }

    /// <summary>One line for the help.</summary>
    string Description { get; }

    /// <summary>Endings of the files it reads in a folder, without <c>.gz</c>.</summary>
    IReadOnlyList<string> FileEndings { get; }

    /// <summary>
    /// Reads a file, one item a data line, in file order; blank lines are no data lines. Lazy. An event's id depends on the
    /// format and the line's own text only: the same line, read again or repeated, is the same event.
    /// </summary>
    /// <exception cref="CliException">The file is not of this format (a column is missing), or cannot be read.</exception>
    IEnumerable<ReplayItem> Read(DataFile file);
}
