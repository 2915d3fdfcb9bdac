using RealtimeInsight.Engine.Audit;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Identity;
using RealtimeInsight.Engine.Learning;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Reads;
using RealtimeInsight.Engine.Shards;
using RealtimeInsight.Engine.Watching;
using RealtimeInsight.Inference;

namespace RealtimeInsight.Engine;

/// <summary>A running engine's parts.</summary>
internal sealed record EngineParts(
    ShardLoop[] Loops, CommitLoop Commit, LogReader Log, OutboxDispatcher[] Dispatchers, OutboxCounters Outbox,
    DeliveryControl Delivery, RejectControl Rejects, FeatureAudit Audit, IScorer Scorer, Intake Intake,
    AliasMap Aliases, WatchKeeper? Keeper, LearningKeeper? Learned)
{
    /// <summary>Why events cannot be taken at all any more; null when they can.</summary>
    public string? Problem => Commit.IsLost
        ? Commit.Problem
        : Loops.Select(static loop => loop.Failure).FirstOrDefault(static failure => failure is not null);
}
