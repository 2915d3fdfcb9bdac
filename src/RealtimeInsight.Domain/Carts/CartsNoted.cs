namespace RealtimeInsight.Domain.Carts;

/// <summary>Which states a customer's carts are in, kept beside them.</summary>
[Flags]
internal enum CartsNoted : byte
{
    None = 0,
    Open = 1,
    AtRisk = 2,
    Recovered = 4,

    /// <summary>The cart that changed last is in one of the three.</summary>
    NewestIsOpen = 8,
}
