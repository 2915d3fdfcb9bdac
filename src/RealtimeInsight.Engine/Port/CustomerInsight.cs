using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Port;

/// <summary>A snapshot of one customer for readers. Rates, recency and segments are as of <see cref="AsOf"/>.</summary>
public sealed record CustomerInsight
{
    public required string CustomerId { get; init; }

    /// <summary>The customer that the id asked for was merged into, which this is; null when the id is the customer's own.</summary>
    public string? MergedInto { get; init; }
    public required Instant AsOf { get; init; }
    public required ProfileView Profile { get; init; }
    public SessionView? Session { get; init; }
    public CartView? Cart { get; init; }
    public ScoresView? Scores { get; init; }

    /// <summary>What the customer's texts said; null before the first labelled one.</summary>
    public TextsView? Texts { get; init; }
    public required IReadOnlyList<string> Segments { get; init; }
    public required IReadOnlyList<RecentEventView> LastEvents { get; init; }
    public required IReadOnlyList<DecisionSummary> LastDecisions { get; init; }
}

/// <param name="EventsPerKind">Count by wire name since the first event.</param>
/// <param name="Rates">Decayed event rates: group name to five values, for horizons of 5 minutes, 1 hour, 1 day, 7 days, 30 days.</param>
public sealed record ProfileView(
    Instant FirstSeen,
    Instant LastSeen,
    long Events,
    long Sessions,
    IReadOnlyDictionary<string, long> EventsPerKind,
    RfmView Rfm,
    IReadOnlyDictionary<string, float[]> Rates,
    IReadOnlyList<AffinityView> Categories,
    IReadOnlyList<AffinityView> Brands,
    IReadOnlyDictionary<string, string> Traits,
    IReadOnlyDictionary<string, bool> Consents,
    string? TimeZone,
    bool IsHeldOut,
    IReadOnlyList<string> LinkedVisitors);

/// <param name="RecencySeconds">Seconds since the last order; null without one.</param>
/// <param name="MeanGapSeconds">Mean time between orders; null before the second.</param>
public sealed record RfmView(double? RecencySeconds, int Frequency, decimal MonetaryValue, string? Currency, double? MeanGapSeconds);

public sealed record AffinityView(string Name, float Weight);

/// <param name="IsOpen">False when the last session has ended.</param>
public sealed record SessionView(long Number, bool IsOpen, Instant StartedAt, Instant LastActivityAt, int Events, int ProductsViewed);

/// <param name="State">open, at_risk, abandoned, recovered, converted or emptied.</param>
public sealed record CartView(
    string Episode,
    string? CartId,
    string State,
    Instant OpenedAt,
    Instant ChangedAt,
    decimal Value,
    string? Currency,
    IReadOnlyList<CartLineView> Lines);

public sealed record CartLineView(string ProductId, int Quantity, decimal? Price, string? Name);

/// <param name="AgeSeconds">Seconds since the score was made.</param>
/// <param name="IsDegraded">True when these are older than the newest event because the model could not run; the reason says why.</param>
public sealed record ScoresView(
    float Churn,
    float? Abandonment,
    float Purchase,
    string Model,
    Instant ScoredAt,
    double AgeSeconds,
    bool IsDegraded,
    string? DegradedReason);

/// <param name="Sentiment">Probability that the newest text is positive; null where the model does not tell.</param>
/// <param name="Topics">What the newest text is about.</param>
/// <param name="Complaints">Negative ones among the texts.</param>
/// <param name="ComplaintTopics">What the newest complaint is about.</param>
public sealed record TextsView(
    float? Sentiment,
    IReadOnlyList<string> Topics,
    Instant At,
    int Texts,
    int Complaints,
    IReadOnlyList<string> ComplaintTopics,
    Instant? ComplaintAt);

public sealed record RecentEventView(string Kind, Instant OccurredAt, decimal? Value);
