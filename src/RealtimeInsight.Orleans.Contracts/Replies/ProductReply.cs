namespace RealtimeInsight.Orleans.Contracts.Replies;

/// <summary>A snapshot of one product. Counts are since the first event.</summary>
[GenerateSerializer, Immutable, Alias("ri.product-reply")]
public sealed record ProductReply
{
    [Id(0)]
    public int Version { get; init; } = ContractVersion.Current;

    [Id(1)]
    public required DateTimeOffset LastSeen { get; init; }

    [Id(2)]
    public required long Views { get; init; }

    [Id(3)]
    public required long CartAdds { get; init; }

    /// <summary>Pieces.</summary>
    [Id(4)]
    public required long Ordered { get; init; }

    /// <summary>As the newest event that had it; null where none had.</summary>
    [Id(5)]
    public string? Name { get; init; }

    [Id(6)]
    public string? Category { get; init; }

    [Id(7)]
    public string? Brand { get; init; }

    /// <summary>Of one piece.</summary>
    [Id(8)]
    public decimal? Price { get; init; }

    /// <summary>Products that customers look at before or after this one, most often first, at most 20.</summary>
    [Id(9)]
    public required CompanionReply[] Companions { get; init; }
}

/// <param name="Count">How often; of seldom ones those before a pause may be forgotten.</param>
[GenerateSerializer, Immutable, Alias("ri.companion-reply")]
public sealed record CompanionReply([property: Id(0)] string ProductId, [property: Id(1)] long Count);
