using RealtimeInsight.Domain;

namespace RealtimeInsight.Engine.Outbox;

/// <summary>Settings of action delivery.</summary>
public sealed class OutboxOptions
{
    /// <summary>Sends to one endpoint at a time; also the most that can be sent twice after a crash. Default 4; 1 to 256.</summary>
    public int ConcurrencyMax { get; set; } = 4;

    /// <summary>Due entries read at a time for one endpoint. Default 64; 1 to 4,096.</summary>
    public int BatchMax { get; set; } = 64;

    /// <summary>Random share added to each wait of the retry schedule, so that retries do not come in step. Default 0.1; 0 to 1.</summary>
    public double JitterMax { get; set; } = 0.1;

    /// <summary>Longest <c>Retry-After</c> that is honoured. Default 24 h; 0 to 7 days.</summary>
    public TimeSpan RetryAfterMax { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Failed attempts in a row after which an endpoint is paused. Default 5; 1 to 1,000.</summary>
    public int CircuitFailures { get; set; } = 5;

    /// <summary>First pause of an endpoint; doubles with every further failure. Default 5 s; 100 ms to 1 hour.</summary>
    public TimeSpan CircuitWaitMin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Longest pause of an endpoint, for its failures or at its wish. Default 5 minutes; at least <see cref="CircuitWaitMin"/>, at most
    /// 24 hours.
    /// </summary>
    public TimeSpan CircuitWaitMax { get; set; } = TimeSpan.FromMinutes(5);

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
        bounds.Range(nameof(CircuitFailures), options.CircuitFailures, 1, 1000);
        bounds.Range(nameof(CircuitWaitMin), options.CircuitWaitMin, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        bounds.Range(nameof(CircuitWaitMax), options.CircuitWaitMax, options.CircuitWaitMin, TimeSpan.FromHours(24));
        if (string.IsNullOrWhiteSpace(options.Source)) bounds.Problems.Add("Outbox.Source is empty; name a URI reference");
        return bounds.Problems;
    }
}
