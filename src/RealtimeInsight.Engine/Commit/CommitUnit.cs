using RealtimeInsight.Engine.Learning;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Commit;

/// <summary>What is committed together: the results of one turn, a save, or the result of a delivery attempt.</summary>
internal sealed class CommitUnit
{
    /// <summary>The log row; null when nothing is logged. The unit holds a reference.</summary>
    public LogUnit? Log { get; set; }

    public List<DecisionRow> Decisions { get; } = [];
    public List<OutcomeRow> Outcomes { get; } = [];
    public List<OutboxRow> Outbox { get; } = [];
    public List<AttemptRow> Attempts { get; } = [];
    public List<RejectedItem> Rejects { get; } = [];
    public List<ControlRow> Controls { get; } = [];

    /// <summary>Changed aliases; an offset is a position in <see cref="Log"/> here.</summary>
    public List<AliasRow> Aliases { get; } = [];

    /// <summary>Told to live readers once committed.</summary>
    public List<EngineNotice> Notices { get; } = [];

    /// <summary>Told to <see cref="EngineLearning"/> once committed.</summary>
    public List<VariantNote> Variants { get; } = [];

    /// <summary>Likewise; empty unless something is learned of events.</summary>
    public List<SeenEvent> Seen { get; } = [];

    public SavedStates? Saved { get; set; }

    /// <summary>Batches' parts that are done with this commit.</summary>
    public List<IngestTicket> Tickets { get; } = [];

    /// <summary>Called on the commit thread when the unit is committed (true) or given up (false). Short; never throws.</summary>
    public Action<bool>? Settled { get; set; }

    /// <summary>Shard that made it; -1 for none.</summary>
    public int Shard { get; init; } = -1;

    public int Bytes => (Log?.Bytes ?? 0) + (Saved?.States.Length ?? 0);
}
