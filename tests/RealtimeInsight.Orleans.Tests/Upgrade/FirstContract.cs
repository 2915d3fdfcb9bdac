namespace RealtimeInsight.Orleans.Tests.Upgrade;

/// <summary>What a program of the first contract reads of replies and rows: the members that it knew, under their numbers.</summary>
[GenerateSerializer, Alias("ri.test.first.insight-reply")]
internal sealed record FirstInsightReply
{
    [Id(0)]
    public int Version { get; init; }

    [Id(4)]
    public long Events { get; init; }

    [Id(6)]
    public FirstSessionReply? Session { get; init; }

    [Id(8)]
    public FirstScoresReply? Scores { get; init; }

    [Id(9)]
    public FirstOrdersReply? Orders { get; init; }

    [Id(15)]
    public FirstDecisionReply[] LastDecisions { get; init; } = [];
}

[GenerateSerializer, Alias("ri.test.first.session-reply")]
internal sealed record FirstSessionReply([property: Id(0)] int Number, [property: Id(4)] int Events);

[GenerateSerializer, Alias("ri.test.first.scores-reply")]
internal sealed record FirstScoresReply([property: Id(0)] float Churn, [property: Id(4)] bool IsDegraded);

[GenerateSerializer, Alias("ri.test.first.orders-reply")]
internal sealed record FirstOrdersReply([property: Id(0)] int Orders, [property: Id(3)] double? RecencySeconds);

[GenerateSerializer, Alias("ri.test.first.decision-reply")]
internal sealed record FirstDecisionReply([property: Id(0)] string DecisionId, [property: Id(7)] string? Outcome);

[GenerateSerializer, Alias("ri.test.first.why-reply")]
internal sealed record FirstWhyReply(
    [property: Id(0)] string Record, [property: Id(1)] string Delivery, [property: Id(2)] int Attempts);

[GenerateSerializer, Alias("ri.test.first.timeline-item")]
internal sealed record FirstTimelineItem([property: Id(1)] string Type, [property: Id(2)] string Name, [property: Id(4)] decimal? Value);

[GenerateSerializer, Alias("ri.test.first.event-batch")]
internal sealed record FirstEventBatch(
    [property: Id(0)] int Version, [property: Id(2)] string? Partition, [property: Id(4)] bool MustBeSaved);

[GenerateSerializer, Alias("ri.test.first.customer-grain-state")]
internal sealed class FirstCustomerGrainState
{
    [Id(0)]
    public byte[] Customer { get; set; } = [];

    [Id(1)]
    public Dictionary<string, long> Marks { get; set; } = [];
}
