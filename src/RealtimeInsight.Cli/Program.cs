namespace RealtimeInsight.Cli;

/// <summary>Process entry: parses the command line and runs one verb.</summary>
public static class Program
{
    /// <summary>Runs the verb named in <paramref name="args"/>. Returns the process exit code, see <see cref="ExitCodes"/>.</summary>
    public static Task<int> Main(string[] args)
    {
        var console = CliConsole.ForProcess();
        return CommandLine.RunAsync(CommandLine.Create([]), args, console, CancellationToken.None);
    }
}
