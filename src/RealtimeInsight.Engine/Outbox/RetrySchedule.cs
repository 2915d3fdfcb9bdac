using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Outbox;

/// <summary>When a failed delivery is tried again: the schedule of Standard Webhooks, with jitter. Not thread-safe.</summary>
internal sealed class RetrySchedule(OutboxOptions options)
{
    private readonly Random _random = new(options.Seed);

    /// <summary>Wait before attempt 1, 2, ...</summary>
    public static IReadOnlyList<TimeSpan> Waits { get; } =
    [
        TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
        TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>
    /// When the attempt after number <paramref name="attempt"/> is due; <see cref="Instant.Never"/> when that was the last.
    /// </summary>
    public Instant NextAfter(int attempt, Instant now, TimeSpan? retryAfter)
    {
        if (attempt >= Waits.Count) return Instant.Never;
        var wait = Waits[attempt] * (1d + (_random.NextDouble() * options.JitterMax));
        if (retryAfter is { } wish)
        {
            var honoured = wish < options.RetryAfterMax ? wish : options.RetryAfterMax;
            if (honoured > wait) wait = honoured;
        }

        return now + wait;
    }
}
