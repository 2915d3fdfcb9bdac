namespace RealtimeInsight.Orleans.Contracts.Replies;

/// <summary>What a probability is made of: the contributions add up to the score less the reference.</summary>
[GenerateSerializer, Immutable, Alias("ri.explanation-reply")]
public sealed record ExplanationReply
{
    [Id(0)]
    public int Version { get; init; } = ContractVersion.Current;

    /// <summary>Why there is none now; null when there is one, which is in the other members.</summary>
    [Id(1)]
    public string? Problem { get; init; }

    [Id(2)]
    public string CustomerId { get; init; } = "";

    [Id(3)]
    public string? DecisionId { get; init; }

    /// <summary>churn, abandonment or purchase.</summary>
    [Id(4)]
    public string Head { get; init; } = "";

    /// <summary>The version that explains.</summary>
    [Id(5)]
    public string Model { get; init; } = "";

    /// <summary>Event time of the newest event that went in.</summary>
    [Id(6)]
    public DateTimeOffset AsOf { get; init; }

    [Id(7)]
    public double Score { get; init; }

    /// <summary>Of a visitor of whom nothing is known.</summary>
    [Id(8)]
    public double Reference { get; init; }

    /// <summary>As it was served or decided on; null when there was none.</summary>
    [Id(9)]
    public double? ServedScore { get; init; }

    [Id(10)]
    public string? ServedModel { get; init; }

    /// <summary>In probability, the largest first.</summary>
    [Id(11)]
    public ContributionReply[] Contributions { get; init; } = [];
}

/// <param name="Group">A part of the input, such as history, cart or orders.</param>
[GenerateSerializer, Immutable, Alias("ri.contribution-reply")]
public sealed record ContributionReply([property: Id(0)] string Group, [property: Id(1)] double Value);
