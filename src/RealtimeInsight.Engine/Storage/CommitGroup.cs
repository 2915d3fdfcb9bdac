using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Engine.Storage;

/// <summary>Everything that one transaction makes durable. Filled, committed and cleared by the commit loop; reused.</summary>
public sealed class CommitGroup
{
    /// <summary>In order of offset.</summary>
    public List<LogRow> Rows { get; } = [];

    public List<DecisionRow> Decisions { get; } = [];
    public List<OutcomeRow> Outcomes { get; } = [];
    public List<OutboxRow> Outbox { get; } = [];
    public List<AttemptRow> Attempts { get; } = [];
    public List<RejectedItem> Rejects { get; } = [];
    public List<ControlRow> Controls { get; } = [];
    public List<AliasRow> Aliases { get; } = [];
    public List<StateSegment> Segments { get; } = [];

    /// <summary>Numbers of segments whose states have all been saved again in newer ones.</summary>
    public List<long> DroppedSegments { get; } = [];

    /// <summary>New checkpoint; -1 leaves it as it is.</summary>
    public long Checkpoint { get; set; } = -1;

    public bool IsEmpty =>
        Rows.Count + Decisions.Count + Outcomes.Count + Outbox.Count + Attempts.Count + Rejects.Count + Controls.Count
        + Aliases.Count + Segments.Count + DroppedSegments.Count == 0 && Checkpoint < 0;

    public void Clear()
    {
        Rows.Clear();
        Decisions.Clear();
        Outcomes.Clear();
        Outbox.Clear();
        Attempts.Clear();
        Rejects.Clear();
        Controls.Clear();
        Aliases.Clear();
        Segments.Clear();
        DroppedSegments.Clear();
        Checkpoint = -1;
    }
}

/// <summary>A decision as readers find it; committed again (same id) when a deferred decision is settled.</summary>
/// <param name="Status">decided, suppressed, deferred, dropped.</param>
/// <param name="Record">The full record, UTF-8 JSON.</param>
public sealed record DecisionRow(
    string DecisionId,
    string CustomerId,
    Instant DecidedAt,
    string Rule,
    string Action,
    string? Channel,
    string Status,
    string? SuppressionReason,
    ReadOnlyMemory<byte> Record);

/// <param name="Outcome">recovered, not_recovered.</param>
public sealed record OutcomeRow(string DecisionId, string Outcome, Instant At, decimal Value);

/// <summary>One action on its way out; the decision's id is its idempotency key.</summary>
/// <param name="Attempts">Attempts made so far.</param>
/// <param name="NextAt">When the next attempt is due.</param>
/// <param name="Body">What is sent, made once, so that every attempt sends the same bytes.</param>
public sealed record OutboxRow(
    string DecisionId,
    string CustomerId,
    string Channel,
    string Type,
    Instant CreatedAt,
    int Attempts,
    Instant NextAt,
    ReadOnlyMemory<byte> Body)
{
    /// <summary>Attempts made before the last redrive: the schedule begins anew after them.</summary>
    public int RoundStart { get; init; }
}

/// <summary>One delivery attempt and what follows from it.</summary>
/// <param name="NextAt">When the next attempt is due, for <see cref="OutboxState.Pending"/>.</param>
public sealed record AttemptRow(string DecisionId, DeliveryAttempt Attempt, OutboxState State, Instant NextAt)
{
    /// <summary>Set by the store that commits it: the action went while it was sent, and nothing is kept of the attempt.</summary>
    public bool IsOfNoAction { get; set; }
}

/// <summary>Where an outbox entry stands. Numbers are stored.</summary>
public enum OutboxState : byte
{
    Pending = 0,
    Delivered = 1,

    /// <summary>Given up: the receiver refused it for good, or the last attempt failed.</summary>
    Dead = 2,
}

public sealed record OutboxCounts(long Pending, long Delivered, long Dead);

/// <param name="Outcome">recovered, not_recovered; null while open.</param>
/// <param name="Delivery">Null without an outbox entry.</param>
public sealed record DecisionProgress(string? Outcome, OutboxState? Delivery, int Attempts);

/// <summary>
/// From <paramref name="Offset"/> on, the visitor's events belong to the customer; where that is the visitor itself, they are its own
/// again, and nothing but a request merges it another time.
/// </summary>
public sealed record AliasRow(string VisitorId, string CustomerId, long Offset);
