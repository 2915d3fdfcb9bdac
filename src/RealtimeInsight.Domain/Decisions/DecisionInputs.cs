using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Decisions;

/// <summary>What went into a decision beside the customer's state; becomes part of its record.</summary>
internal readonly record struct DecisionInputs(
    Policy Policy,
    PolicyRule Rule,
    string TriggerName,
    Instant TriggerAt,
    CustomerEvent? Trigger,
    string? Model,
    double HoldOutDraw,
    int Given,
    IReadOnlyList<CandidateResult> Candidates,
    VariantChoice? Choice,
    ShopValues? Shop);

/// <summary>How one rule of the turn fared: decided, lower_priority, conditions, or a suppression reason.</summary>
internal readonly record struct CandidateResult(string Rule, string Result);
