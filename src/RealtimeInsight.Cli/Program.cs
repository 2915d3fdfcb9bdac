using System.CommandLine;

namespace RealtimeInsight.Cli;

/// <summary>Process entry: parses the command line and runs one verb.</summary>
public static class Program
{
    /// <summary>Runs the verb named in <paramref name="args"/>. Returns the process exit code; 0 is success.</summary>
    public static async Task<int> Main(string[] args)
    {
        var root = new RootCommand("Real-time customer insight: every customer is live, scored on every event, and acted on.");
        return await root.Parse(args).InvokeAsync().ConfigureAwait(false);
    }
}
