namespace RealtimeInsight.Orleans.Contracts.Events;

/// <summary>What some customers did with a product since the last notes.</summary>
[GenerateSerializer, Immutable, Alias("ri.product-notes")]
public sealed record ProductNotes
{
    [Id(0)]
    public int Version { get; init; } = ContractVersion.Current;

    /// <summary>Event time of the newest event that went in.</summary>
    [Id(1)]
    public required DateTimeOffset SeenAt { get; init; }

    [Id(2)]
    public long Views { get; init; }

    [Id(3)]
    public long CartAdds { get; init; }

    /// <summary>Pieces.</summary>
    [Id(4)]
    public long Ordered { get; init; }

    /// <summary>Null where no event said it.</summary>
    [Id(5)]
    public string? Name { get; init; }

    [Id(6)]
    public string? Category { get; init; }

    [Id(7)]
    public string? Brand { get; init; }

    /// <summary>Of one piece.</summary>
    [Id(8)]
    public decimal? Price { get; init; }

    /// <summary>How often another product came right before or after this one in a session, by product id.</summary>
    [Id(9)]
    public Dictionary<string, int> Companions { get; init; } = [];
}
