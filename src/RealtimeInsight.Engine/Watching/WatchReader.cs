using RealtimeInsight.Engine.Shards;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Engine.Watching;

/// <summary>Adds up what the shards follow.</summary>
internal static class WatchReader
{
    public static IReadOnlyList<WaitingScores> Waiting(IReadOnlyList<ShardLoop> loops) =>
    [
        .. loops.SelectMany(static loop => loop.Shard.Watch.Waiting).GroupBy(static one => one.Head).Select(
            static head => new WaitingScores(
                head.Key,
                head.Sum(static one => one.Open),
                head.Average(static one => one.Share),
                head.Sum(static one => one.Unfollowed))),
    ];
}
