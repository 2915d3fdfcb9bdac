namespace RealtimeInsight.Orleans.Contracts.Replies;

/// <summary>A snapshot of one customer. Recency and segments are as of <see cref="AsOf"/>.</summary>
[GenerateSerializer, Immutable, Alias("ri.insight-reply")]
public sealed record InsightReply
{
    [Id(0)]
    public int Version { get; init; } = ContractVersion.Current;

    [Id(1)]
    public required DateTimeOffset AsOf { get; init; }

    [Id(2)]
    public required DateTimeOffset FirstSeen { get; init; }

    [Id(3)]
    public required DateTimeOffset LastSeen { get; init; }

    [Id(4)]
    public required long Events { get; init; }

    [Id(5)]
    public required Dictionary<string, long> EventsPerKind { get; init; }

    [Id(6)]
    public SessionReply? Session { get; init; }

    [Id(7)]
    public CartReply? Cart { get; init; }

    /// <summary>Null before the first score.</summary>
    [Id(8)]
    public ScoresReply? Scores { get; init; }

    [Id(9)]
    public required OrdersReply Orders { get; init; }

    [Id(10)]
    public required string[] Segments { get; init; }

    [Id(11)]
    public required Dictionary<string, string> Traits { get; init; }

    [Id(12)]
    public required Dictionary<string, bool> Consents { get; init; }

    [Id(13)]
    public string? TimeZone { get; init; }

    /// <summary>True for customers who are never treated.</summary>
    [Id(14)]
    public bool IsHeldOut { get; init; }

    /// <summary>Newest first, at most 20.</summary>
    [Id(15)]
    public required DecisionReply[] LastDecisions { get; init; }

    /// <summary>The customer that the id asked for was merged into, which this is; null when the id is the customer's own.</summary>
    [Id(16)]
    public string? MergedInto { get; init; }

    /// <summary>Null from a silo of an earlier version.</summary>
    [Id(17)]
    public string? CustomerId { get; init; }

    /// <summary>
    /// Decayed event rates: group name to five values, for horizons of 5 minutes, 1 hour, 1 day, 7 days, 30 days.
    /// </summary>
    [Id(18)]
    public Dictionary<string, float[]> Rates { get; init; } = [];

    /// <summary>Heaviest first.</summary>
    [Id(19)]
    public AffinityReply[] Categories { get; init; } = [];

    /// <summary>Heaviest first.</summary>
    [Id(20)]
    public AffinityReply[] Brands { get; init; } = [];

    /// <summary>Newest first.</summary>
    [Id(21)]
    public RecentEventReply[] LastEvents { get; init; } = [];

    /// <summary>Keys of visitors that events named together with the customer.</summary>
    [Id(22)]
    public string[] LinkedVisitors { get; init; } = [];

    [Id(23)]
    public long Sessions { get; init; }

    /// <summary>Null before the first labelled text.</summary>
    [Id(24)]
    public TextsReply? Texts { get; init; }
}

/// <param name="IsOpen">False when the last session has ended.</param>
[GenerateSerializer, Immutable, Alias("ri.session-reply")]
public sealed record SessionReply(
    [property: Id(0)] int Number,
    [property: Id(1)] bool IsOpen,
    [property: Id(2)] DateTimeOffset StartedAt,
    [property: Id(3)] DateTimeOffset LastActivityAt,
    [property: Id(4)] int Events,
    [property: Id(5)] int ProductsViewed = 0);

[GenerateSerializer, Immutable, Alias("ri.affinity-reply")]
public sealed record AffinityReply([property: Id(0)] string Name, [property: Id(1)] float Weight);

/// <param name="Sentiment">Probability that the newest text is positive; null where the model does not tell.</param>
/// <param name="Topics">What the newest text is about.</param>
/// <param name="Complaints">Negative ones among the texts.</param>
/// <param name="ComplaintTopics">What the newest complaint is about.</param>
[GenerateSerializer, Immutable, Alias("ri.texts-reply")]
public sealed record TextsReply(
    [property: Id(0)] float? Sentiment,
    [property: Id(1)] string[] Topics,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] int Texts,
    [property: Id(4)] int Complaints,
    [property: Id(5)] string[] ComplaintTopics,
    [property: Id(6)] DateTimeOffset? ComplaintAt);

/// <param name="Kind">Wire name of the event kind.</param>
[GenerateSerializer, Immutable, Alias("ri.recent-event-reply")]
public sealed record RecentEventReply(
    [property: Id(0)] string Kind, [property: Id(1)] DateTimeOffset OccurredAt, [property: Id(2)] decimal? Value);

/// <summary>Calibrated probabilities.</summary>
/// <param name="Abandonment">Null without an open cart.</param>
/// <param name="IsDegraded">True when the newest event was not scored.</param>
/// <param name="Model">The version that made them.</param>
/// <param name="DegradedReason">Null unless degraded.</param>
[GenerateSerializer, Immutable, Alias("ri.scores-reply")]
public sealed record ScoresReply(
    [property: Id(0)] float Churn,
    [property: Id(1)] float? Abandonment,
    [property: Id(2)] float Purchase,
    [property: Id(3)] DateTimeOffset ScoredAt,
    [property: Id(4)] bool IsDegraded,
    [property: Id(5)] string? Model = null,
    [property: Id(6)] string? DegradedReason = null);

/// <param name="RecencySeconds">Since the last order; null without one.</param>
/// <param name="MeanGapSeconds">Mean time between orders; null before the second.</param>
[GenerateSerializer, Immutable, Alias("ri.orders-reply")]
public sealed record OrdersReply(
    [property: Id(0)] int Orders,
    [property: Id(1)] decimal MonetaryValue,
    [property: Id(2)] string? Currency,
    [property: Id(3)] double? RecencySeconds,
    [property: Id(4)] double? MeanGapSeconds = null);

/// <param name="Status">deferred, decided, suppressed or dropped.</param>
/// <param name="Reason">Why it was suppressed; null when it was not.</param>
/// <param name="Outcome">recovered, not_recovered; null while open.</param>
/// <param name="Delivery">Of an action: sent, failed (and tried again), dead or over_budget; null before an attempt, or if unknown.</param>
[GenerateSerializer, Immutable, Alias("ri.decision-reply")]
public sealed record DecisionReply(
    [property: Id(0)] string DecisionId,
    [property: Id(1)] DateTimeOffset DecidedAt,
    [property: Id(2)] string Rule,
    [property: Id(3)] string Action,
    [property: Id(4)] string? Channel,
    [property: Id(5)] string Status,
    [property: Id(6)] string? Reason,
    [property: Id(7)] string? Outcome,
    [property: Id(8)] string? Delivery = null);
