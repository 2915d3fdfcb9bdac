namespace RealtimeInsight.Engine.Outbox;

/// <summary>Settings of action delivery.</summary>
public sealed class OutboxOptions
{
    /// <summary>Sends of one channel at a time. Default 4; 1 to 256.</summary>
    public int ConcurrencyMax { get; set; } = 4;

    /// <summary>Due entries read at a time for one channel. Default 64; 1 to 4,096.</summary>
    public int BatchMax { get; set; } = 64;

    /// <summary>Random share added to each wait of the retry schedule, so that retries do not come in step. Default 0.1; 0 to 1.</summary>
    public double JitterMax { get; set; } = 0.1;

    /// <summary>Longest <c>Retry-After</c> that is honoured. Default 24 h; 0 to 7 days.</summary>
    public TimeSpan RetryAfterMax { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Seed of the jitter. Default 1.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>CloudEvents <c>source</c> of the actions. Default <c>/realtime-insight</c>.</summary>
    public string Source { get; set; } = "/realtime-insight";

    /// <summary>All violations of the bounds; empty when valid.</summary>
    public static IReadOnlyList<string> Validate(OutboxOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var bounds = new BoundsCheck("Outbox.");
        bounds.Range(nameof(ConcurrencyMax), options.ConcurrencyMax, 1, 256);
        bounds.Range(nameof(BatchMax), options.BatchMax, 1, 4096);
        bounds.Range(nameof(JitterMax), options.JitterMax, 0d, 1d);
        bounds.Range(nameof(RetryAfterMax), options.RetryAfterMax, TimeSpan.Zero, TimeSpan.FromDays(7));
        if (string.IsNullOrWhiteSpace(options.Source)) bounds.Problems.Add("Outbox.Source is empty; name a URI reference");
        return bounds.Problems;
    }
}
