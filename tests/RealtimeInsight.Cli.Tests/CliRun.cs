namespace RealtimeInsight.Cli.Tests;

/// <summary>What one command line wrote and answered.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    public IReadOnlyList<string> OutLines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
