using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Learning;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Watching;

namespace RealtimeInsight.Engine;

/// <content>What is learned while the engine runs.</content>
public sealed partial class EmbeddedEngine
{
    /// <summary>Learns while the engine runs; null: nothing is learned. The decision maker should choose by it.</summary>
    public EngineLearning? Learning { get; init; }

    /// <summary>Keeps what is learned over a restart; null: learning begins with the log.</summary>
    public IWatchStore? LearningStore { get; init; }

    /// <summary>Saves what is learned now; returns when it would outlive a restart.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void SaveLearned() => Running.Learned?.Save();

    /// <summary>
    /// Items that the customer is most likely to look at next, by what others looked at after those of this customer's newest session, and
    /// in the order that was trained, where there is one; null when the id is unknown, or nothing is learned of items.
    /// </summary>
    /// <param name="limit">Most items, from 1 on.</param>
    /// <exception cref="EngineUnavailableException">The engine is not running.</exception>
    public async ValueTask<IReadOnlyList<LiveRecommendation>?> RecommendAsync(
        CustomerId customer, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        if (Learning is not { Items: not null } learning) return null;
        var looks = await AskAsync(
            customer,
            static (_, state) =>
            {
                Span<uint> found = stackalloc uint[LiveItems.StepsMax];
                var count = SeenEvent.ItemsOf(state, 0, found, out var newestAt, out var earlierAt);
                return new Looks(found[..count].ToArray(), newestAt, earlierAt);
            },
            cancellationToken).ConfigureAwait(false);
        return looks is null ? null : learning.Recommend(looks.Before, looks.NewestAt, looks.EarlierAt, limit);
    }

    private sealed record Looks(uint[] Before, Instant NewestAt, Instant EarlierAt);
}
