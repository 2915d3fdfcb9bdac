namespace RealtimeInsight.Cli;

/// <summary>A verb cannot go on for a reason its user can act on; printed as one line, without a stack trace.</summary>
/// <param name="message">What, which value, which rule, what to do.</param>
/// <param name="exitCode">See <see cref="ExitCodes"/>.</param>
public sealed class CliException(string message, int exitCode, Exception? innerException = null)
    : Exception(message, innerException)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>An option or an input it names is wrong.</summary>
    public static CliException Usage(string message) => new(message, ExitCodes.Usage);

    /// <summary>The work failed.</summary>
    public static CliException Failure(string message, Exception? innerException = null) =>
        new(message, ExitCodes.Failure, innerException);
}
