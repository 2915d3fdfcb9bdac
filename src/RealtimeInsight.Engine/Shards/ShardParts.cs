using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Engine.Audit;
using RealtimeInsight.Engine.Erasure;
using RealtimeInsight.Engine.Identity;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Notices;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Engine.Watching;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Engine.Shards;

/// <summary>What the shards of an engine share.</summary>
internal sealed record ShardParts(
    EngineOptions Options,
    CustomerMachine Machine,
    DecisionMaker Maker,
    IScorer Scorer,
    IEngineStore Store,
    LogReader Log,
    LogUnitPool Pool,
    NoticeHub Notices,
    SegmentNumbers SegmentNumbers,
    EngineInstruments Instruments,
    TimeProvider Time,
    AliasMap Aliases,
    LinkFilter Links)
{
    /// <summary>Gets to know of decisions, to replay some.</summary>
    public required FeatureAudit Audit { get; init; }

    /// <summary>What scores turn out to be worth.</summary>
    public required ModelMonitor Monitor { get; init; }

    /// <summary>Whether something is learned of events.</summary>
    public bool LearnsEvents { get; init; }

    /// <summary>Whose past is not taken any more.</summary>
    public ErasedIds Erased { get; } = new();

    private MovedScores Moved { get; } = new();

    public required ILogger Logger { get; init; }

    /// <summary>Most bytes of states that one shard keeps in memory; 0 for no limit.</summary>
    public long ResidentBytesMax { get; init; }

    /// <summary>For one more thread that scores.</summary>
    public OutcomeWatch NewWatch() => new(Options, Monitor, Moved);
}
