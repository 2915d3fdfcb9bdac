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
    /// <summary>Price times quantity, 0 where the price is unknown.</summary>
    public decimal Value => (Price ?? 0m) * Quantity;
}
