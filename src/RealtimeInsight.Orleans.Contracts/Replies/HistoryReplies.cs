namespace RealtimeInsight.Orleans.Contracts.Replies;

/// <summary>One entry of a timeline.</summary>
/// <param name="Type">event, decision, outcome or merge.</param>
/// <param name="Name">Wire name of the event kind, the rule, recovered or not_recovered, merged or unmerged.</param>
/// <param name="Status">Of a decision: its status; null for events.</param>
/// <param name="Value">Money in the event; null without any.</param>
/// <param name="Detail">JSON with what else is known: of an event its members, of a decision its record; null where it is not
/// kept.</param>
[GenerateSerializer, Immutable, Alias("ri.timeline-item")]
public sealed record TimelineItem(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] string Type,
    [property: Id(2)] string Name,
    [property: Id(3)] string? Status,
    [property: Id(4)] decimal? Value,
    [property: Id(5)] string? Detail = null);

/// <summary>Why a decision was made.</summary>
/// <param name="Record">JSON with everything that went in and came out.</param>
/// <param name="Delivery">none (no action), pending, delivered, dead or over_budget.</param>
/// <param name="Attempts">Delivery attempts made.</param>
/// <param name="Decision">Where it stands; null when that has been dropped for newer ones.</param>
/// <param name="Tried">The last delivery attempts, oldest first; null from a silo of an earlier version.</param>
[GenerateSerializer, Immutable, Alias("ri.why-reply")]
public sealed record WhyReply(
    [property: Id(0)] string Record,
    [property: Id(1)] string Delivery,
    [property: Id(2)] int Attempts,
    [property: Id(3)] DecisionReply? Decision = null,
    [property: Id(4)] AttemptReply[]? Tried = null);

/// <summary>One attempt to deliver an action.</summary>
/// <param name="Number">From 1.</param>
/// <param name="At">When it ended.</param>
/// <param name="Result">delivered, retry, failed, or skipped: nothing was sent because the endpoint was disabled.</param>
/// <param name="StatusCode">HTTP status, where there was one.</param>
/// <param name="Detail">Why; no customer data.</param>
[GenerateSerializer, Immutable, Alias("ri.attempt-reply")]
public sealed record AttemptReply(
    [property: Id(0)] int Number,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] string Result,
    [property: Id(3)] int? StatusCode,
    [property: Id(4)] string? Detail,
    [property: Id(5)] long? DurationMs);
