using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Learning;

/// <summary>An order of next items that was trained beforehand, beside what is learned live. Thread-safe.</summary>
public interface IItemOrder
{
    /// <summary>The version that was trained.</summary>
    string Version { get; }

    /// <summary>The items that are most likely next, the best first, each once.</summary>
    /// <param name="before">The session's looks, the newest first; at least one.</param>
    /// <param name="newestAt">When the newest of them was.</param>
    /// <param name="earlierAt">When the one before it was; <see cref="Instant.None"/> where there is none.</param>
    /// <param name="live">What was learned of the items since; has its say in the order.</param>
    IReadOnlyList<LiveRecommendation> Recommend(
        ReadOnlySpan<uint> before, Instant newestAt, Instant earlierAt, LiveItems live, int limit);
}
