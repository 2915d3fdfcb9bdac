using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Port;

/// <param name="Action">Type of the treatment: <c>reminder</c>, <c>coupon</c>, ...</param>
/// <param name="Status">decided, suppressed, sent, failed, dead.</param>
/// <param name="SuppressionReason">hold_out, no_consent, frequency_cap, cool_down, quiet_hours; null when not suppressed.</param>
/// <param name="Outcome">recovered, not_recovered or null while open.</param>
public sealed record DecisionSummary(
    string DecisionId,
    Instant DecidedAt,
    string Rule,
    string Action,
    string? Channel,
    string Status,
    string? SuppressionReason,
    string? Outcome);

/// <summary>A decision with its full record as committed (inputs, versions, candidates, suppressions) and its delivery attempts.</summary>
public sealed record DecisionView(DecisionSummary Summary, string CustomerId, JsonNode Record, IReadOnlyList<DeliveryAttempt> Attempts);

/// <param name="At">When it ended.</param>
/// <param name="Result">delivered, retry, failed, or skipped: nothing was sent because the endpoint was disabled.</param>
/// <param name="Detail">Why; holds no customer data and no secret.</param>
/// <param name="DurationMs">From sending to the answer; null where it is not known.</param>
public sealed record DeliveryAttempt(
    int Number, Instant At, string Result, int? StatusCode, string? Detail, long? DurationMs = null);

/// <summary>One entry of a customer's timeline: an event, a state change or a decision.</summary>
/// <param name="Type">event, decision, outcome.</param>
/// <param name="Name">Wire name of the event kind, or the rule's name.</param>
public sealed record TimelineEntry(Instant At, string Type, string Name, JsonNode Detail);

public sealed record CustomerAtRisk(
    string CustomerId,
    string? CartState,
    decimal CartValue,
    string? Currency,
    float Churn,
    float? Abandonment,
    float Purchase,
    Instant LastSeen,
    IReadOnlyList<string> Segments);

/// <param name="Type">session_started, session_ended, cart_opened, cart_at_risk, cart_abandoned, cart_recovered, cart_converted,
/// cart_emptied, dormant, decision, delivered.</param>
public sealed record EngineNotice(Instant At, string Type, string CustomerId, string Text);
