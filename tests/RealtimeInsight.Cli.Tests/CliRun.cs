using System.CommandLine;

namespace RealtimeInsight.Cli.Tests;

/// <summary>What one command line wrote and answered.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    public IReadOnlyList<string> OutLines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs a command line in this process, without a terminal.</summary>
    /// <param name="verbs">The verbs that there are.</param>
    public static Task<CliRun> OfAsync(Func<CliConsole, IEnumerable<Command>> verbs, params string[] args) =>
        OfAsync(Timeout.InfiniteTimeSpan, verbs, args);

    /// <summary>The same, stopped after the given time.</summary>
    public static async Task<CliRun> OfAsync(TimeSpan max, Func<CliConsole, IEnumerable<Command>> verbs, params string[] args)
    {
        using var stop = new CancellationTokenSource(max);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = new CliConsole(output, error, null, TimeProvider.System);
        var code = await CommandLine.RunAsync(CommandLine.Create(verbs(console)), args, console, stop.Token);
        return new CliRun(code, output.ToString(), error.ToString());
    }
}
