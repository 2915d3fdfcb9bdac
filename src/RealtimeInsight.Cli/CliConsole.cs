namespace RealtimeInsight.Cli;

/// <summary>What a verb may touch of its process: two streams and the clock. Tests hand in their own.</summary>
/// <param name="Out">Results: what a script reads.</param>
/// <param name="Error">Progress and errors: what a person reads.</param>
/// <param name="IsErrorTerminal">True where a progress line may be rewritten in place.</param>
public sealed record CliConsole(TextWriter Out, TextWriter Error, bool IsErrorTerminal, TimeProvider Time)
{
    public static CliConsole ForProcess() =>
        new(Console.Out, Console.Error, IsErrorTerminal: !Console.IsErrorRedirected, TimeProvider.System);
}
