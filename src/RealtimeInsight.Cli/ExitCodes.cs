namespace RealtimeInsight.Cli;

/// <summary>Exit codes of every verb.</summary>
public static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The work was understood but failed.</summary>
    public const int Failure = 1;

    /// <summary>The command line or an input that it names is wrong: nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C before the work was complete (128 + SIGINT).</summary>
    public const int Interrupted = 130;
}
