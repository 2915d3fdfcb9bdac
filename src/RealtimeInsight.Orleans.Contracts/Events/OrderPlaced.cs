namespace RealtimeInsight.Orleans.Contracts.Events;

/// <summary>An order, as an order service knows it.</summary>
[GenerateSerializer, Immutable, Alias("ri.order-placed")]
public sealed record OrderPlaced
{
    [Id(0)]
    public int Version { get; init; } = ContractVersion.Current;

    /// <summary>Also the idempotency key: at most 90 characters.</summary>
    [Id(1)]
    public required string OrderId { get; init; }

    [Id(2)]
    public required DateTimeOffset PlacedAt { get; init; }

    [Id(3)]
    public required OrderLine[] Lines { get; init; }

    /// <summary>Total of the order; null: the sum of the lines.</summary>
    [Id(4)]
    public decimal? Total { get; init; }

    /// <summary>ISO 4217 code.</summary>
    [Id(5)]
    public string? Currency { get; init; }

    /// <summary>The shop's cart id, where it has one.</summary>
    [Id(6)]
    public string? CartId { get; init; }
}

/// <param name="Price">Of one piece.</param>
[GenerateSerializer, Immutable, Alias("ri.order-line")]
public sealed record OrderLine(
    [property: Id(0)] string ProductId,
    [property: Id(1)] int Quantity,
    [property: Id(2)] decimal? Price = null,
    [property: Id(3)] string? Name = null,
    [property: Id(4)] string? Category = null,
    [property: Id(5)] string? Brand = null);
