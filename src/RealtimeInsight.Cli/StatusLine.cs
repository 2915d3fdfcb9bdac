namespace RealtimeInsight.Cli;

/// <summary>A line of progress: rewritten in place on a terminal, appended elsewhere. For one writer at a time.</summary>
internal sealed class StatusLine(CliConsole console)
{
    private int _shown;

    public void Show(string line)
    {
        if (console.ErrorColumns is not { } columns)
        {
            console.Error.WriteLine(line);
            return;
        }

        var cut = line.Length < columns ? line : line[..(columns - 1)];
        console.Error.Write('\r');
        console.Error.Write(cut.PadRight(_shown));
        _shown = cut.Length;
    }

    /// <summary>Leaves the last line standing; what follows starts on a new one.</summary>
    public void End()
    {
        if (_shown > 0) console.Error.WriteLine();
        _shown = 0;
    }
}
