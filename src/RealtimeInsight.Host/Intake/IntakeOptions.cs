namespace RealtimeInsight.Host.Intake;

/// <summary>Limits and keys of the HTTP intake; configuration section <c>Intake</c>.</summary>
public sealed class IntakeOptions
{
    public const int EventBytesMax = 32 * 1024;
    public const int BatchBytesMax = 500 * 1024;
    public const int BatchEventsMax = 2_500;
    public const int ProductsMax = 200;

    /// <summary>Keys that senders may use, 8 to 128 characters each. None by default.</summary>
    public IList<string> WriteKeys { get; init; } = [];

    /// <summary>Requests worked on at once, 1 to 65,536; one more is answered 429. The default is 256.</summary>
    public int RequestsInFlightMax { get; set; } = 256;

    /// <summary>Longest wait for the engine to commit a request before it is answered 503. 1 s to 5 min; the default is 20 s.</summary>
    public TimeSpan CommitWaitMax { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>What 429 and 503 answers ask the sender to wait. 1 s to 10 min; the default is 2 s.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How far ahead of the server's clock an event may be. 0 to 1 h; the default is 5 min.</summary>
    public TimeSpan FutureMax { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Rejects of requests without a valid key that are kept in the store each minute, 0 to 10,000; all are counted.
    /// The default is 60.
    /// </summary>
    public int UnauthorizedKeptPerMinuteMax { get; set; } = 60;

    /// <summary>
    /// Characters kept of a request that is rejected as a whole, 1,024 to 512,000; an item is always kept whole. What is cut can only be
    /// replayed with a corrected body. The default is 32,768.
    /// </summary>
    public int RejectLengthMax { get; set; } = EventBytesMax;

    /// <summary>What is wrong with the values; empty when all are in range.</summary>
    public static IReadOnlyList<string> Validate(IntakeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        Rules.Range(problems, "Intake:RequestsInFlightMax", options.RequestsInFlightMax, 1, 65_536);
        Rules.Range(problems, "Intake:CommitWaitMax", options.CommitWaitMax, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Rules.Range(problems, "Intake:RetryAfter", options.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Rules.Range(problems, "Intake:FutureMax", options.FutureMax, TimeSpan.Zero, TimeSpan.FromHours(1));
        Rules.Range(problems, "Intake:UnauthorizedKeptPerMinuteMax", options.UnauthorizedKeptPerMinuteMax, 0, 10_000);
        Rules.Range(problems, "Intake:RejectLengthMax", options.RejectLengthMax, 1_024, BatchBytesMax);
        Rules.Keys(problems, "Intake:WriteKeys", options.WriteKeys);
        return problems;
    }
}
