using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Port;

/// <summary>What a probability is made of. The contributions add up to <see cref="Score"/> less <see cref="Reference"/>.</summary>
/// <param name="Head">churn, abandonment or purchase.</param>
/// <param name="Model">The version that explains: the one that scores this customer now.</param>
/// <param name="AsOf">Event time of the newest event that went in.</param>
/// <param name="Score">Of the customer, from the kept events.</param>
/// <param name="Reference">Of a visitor of whom nothing is known and who views a page.</param>
/// <param name="ServedScore">The score as it was served or decided on; null when there was none.</param>
/// <param name="ServedModel">The version that made it; another one than <paramref name="Model"/> explains it only in part.</param>
/// <param name="Contributions">In probability, the largest first.</param>
public sealed record ScoreExplanation(
    string CustomerId,
    string? DecisionId,
    string Head,
    string Model,
    Instant AsOf,
    double Score,
    double Reference,
    double? ServedScore,
    string? ServedModel,
    IReadOnlyList<ScoreContribution> Contributions);

/// <param name="Group">A part of the input, such as history, cart or orders.</param>
/// <param name="Value">Above 0: it makes the event more likely.</param>
public sealed record ScoreContribution(string Group, double Value);
