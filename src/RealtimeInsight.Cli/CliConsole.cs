namespace RealtimeInsight.Cli;

/// <summary>What a verb may touch of its process: two streams and the clock. Tests hand in their own.</summary>
/// <param name="Out">Results: what a script reads.</param>
/// <param name="Error">Progress and errors: what a person reads.</param>
/// <param name="ErrorColumns">Width of the terminal behind <paramref name="Error"/>; null: none, lines are appended.</param>
public sealed record CliConsole(TextWriter Out, TextWriter Error, int? ErrorColumns, TimeProvider Time)
{
    private const int ColumnsDefault = 80;

    public static CliConsole ForProcess() => new(Console.Out, Console.Error, TerminalColumns(), TimeProvider.System);

    private static int? TerminalColumns()
    {
        if (Console.IsErrorRedirected) return null;
        var columns = Console.WindowWidth;
        return columns > 0 ? columns : ColumnsDefault;
    }
}
