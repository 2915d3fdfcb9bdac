using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Outbox;

/// <summary>
/// When a failed delivery is tried again: the schedule of Standard Webhooks, with jitter. The jitter is drawn from the seed, the decision
/// and the attempt, so that it does not depend on the order of results. Thread-safe.
/// </summary>
internal sealed class RetrySchedule(OutboxOptions options)
{
    private const double Draws = 1UL << 53;

    /// <summary>Wait before attempt 1, 2, ...</summary>
    public static IReadOnlyList<TimeSpan> Waits { get; } =
    [
        TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
        TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>
    /// When the attempt after number <paramref name="attempt"/> is due; <see cref="Instant.Never"/> when that was the last.
    /// </summary>
    public Instant NextAfter(string decisionId, int attempt, Instant now, TimeSpan? retryAfter)
    {
        if (attempt >= Waits.Count) return Instant.Never;
        var draw = StableHash.Of(decisionId, unchecked((ulong)options.Seed + ((ulong)attempt << 32))) >> 11;
        var wait = Waits[attempt] * (1d + (draw / Draws * options.JitterMax));
        if (retryAfter is { } wish)
        {
            var honoured = wish < options.RetryAfterMax ? wish : options.RetryAfterMax;
            if (honoured > wait) wait = honoured;
        }

        return now + wait;
    }
}
