namespace RealtimeInsight.Domain.Events;

/// <summary>
/// One product in an event. <paramref name="Price"/> is of one piece; null where the sender gave none. Quantity is at least 1.
/// </summary>
public sealed record ProductLine(
    string ProductId,
    string? Category = null,
    string? Brand = null,
    string? Name = null,
    decimal? Price = null,
    int Quantity = 1)
{
    /// <summary>Prices beyond this cannot be real; intakes refuse them, sums count them as this much.</summary>
    public const decimal PriceMax = 1_000_000_000_000m;

    public const int QuantityMax = 1_000_000;

    /// <summary>Price times quantity, 0 where the price is unknown.</summary>
    public decimal Value => ValueOf(Price, Quantity);

    internal static decimal ValueOf(decimal? price, int quantity) =>
        Math.Clamp(price ?? 0m, -PriceMax, PriceMax) * Math.Clamp(quantity, 0, QuantityMax);
}
