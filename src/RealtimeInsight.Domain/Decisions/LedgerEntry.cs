using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Decisions;

/// <summary>Where a decision stands in the customer's ledger. Numbers are stored.</summary>
public enum DecisionStatus : byte
{
    /// <summary>Put off to <see cref="LedgerEntry.DueAt"/> by quiet hours.</summary>
    Deferred = 0,

    /// <summary>The treatment was given: an outbox entry exists.</summary>
    Decided = 1,

    /// <summary>Not given, for the recorded reason.</summary>
    Suppressed = 2,

    /// <summary>Was deferred, and no longer applied when it came due.</summary>
    Dropped = 3,
}

/// <summary>Why a treatment was not given. Numbers are stored; wire names are snake case.</summary>
public enum SuppressionReason : byte
{
    None = 0,
    HoldOut = 1,
    NoConsent = 2,
    FrequencyCap = 3,
    CoolDown = 4,
    QuietHours = 5,
    ConditionsChanged = 6,

    /// <summary>Was deferred, and another decision of the turn in which it came due was given instead.</summary>
    LowerPriority = 7,
}

public enum OutcomeKind : byte
{
    Open = 0,
    Recovered = 1,
    NotRecovered = 2,
}

/// <summary>What the customer's state keeps of one decision: enough for caps, cool-down, once an episode, and its outcome.</summary>
public sealed class LedgerEntry
{
    public required string DecisionId { get; init; }
    public required string Rule { get; init; }
    public required string Action { get; init; }
    public string? Channel { get; init; }

    /// <summary>The variant that was given; null for a rule without variants, and for what was not given.</summary>
    public string? Variant { get; init; }

    /// <summary>E.g. <c>cart:3</c>, <c>session:12</c>, <c>day:2026-01-31</c>.</summary>
    public required string Episode { get; init; }
    public required DecisionStatus Status { get; set; }
    public SuppressionReason Reason { get; set; }
    public required Instant DecidedAt { get; set; }

    /// <summary>When a deferred decision is looked at again.</summary>
    public Instant DueAt { get; set; }
    public OutcomeKind Outcome { get; set; }
    public Instant AttributionEndsAt { get; set; }

    /// <summary>The variant that was given, for those who learn from its outcome; null for none.</summary>
    public GivenVariant? Given => Variant is { } variant ? new GivenVariant(Rule, variant, DecidedAt) : null;

    /// <summary>The same decision about an episode by another name, as histories that are joined number theirs anew.</summary>
    internal LedgerEntry About(string episode) => Copy(episode, Variant);

    /// <summary>The same decision with the variant that it gave.</summary>
    internal LedgerEntry Of(string variant) => Copy(Episode, variant);

    private LedgerEntry Copy(string episode, string? variant) => new()
    {
        DecisionId = DecisionId,
        Rule = Rule,
        Action = Action,
        Channel = Channel,
        Variant = variant,
        Episode = episode,
        Status = Status,
        Reason = Reason,
        DecidedAt = DecidedAt,
        DueAt = DueAt,
        Outcome = Outcome,
        AttributionEndsAt = AttributionEndsAt,
    };
}
