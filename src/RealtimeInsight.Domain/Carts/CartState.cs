namespace RealtimeInsight.Domain.Carts;

/// <summary>Where a cart stands. Numbers are stored: never renumber.</summary>
public enum CartState : byte
{
    /// <summary>No cart; only used as "before" of the first transition.</summary>
    None = 0,
    Open = 1,

    /// <summary>Open, but quiet for longer than the at-risk span.</summary>
    AtRisk = 2,

    /// <summary>Quiet for longer than the abandonment span; can still be recovered.</summary>
    Abandoned = 3,

    /// <summary>Taken up again after it had been abandoned.</summary>
    Recovered = 4,

    /// <summary>Ordered. Final.</summary>
    Converted = 5,

    /// <summary>The customer removed every line. Final.</summary>
    Emptied = 6,
}

/// <summary>Questions about cart states, and their wire names.</summary>
public static class CartStates
{
    public const int Count = 7;

    /// <summary>True while inactivity can make it abandoned.</summary>
    public static bool IsOpen(CartState state) => state is CartState.Open or CartState.AtRisk or CartState.Recovered;

    public static bool IsFinal(CartState state) => state is CartState.Converted or CartState.Emptied;

    public static string WireName(CartState state) => state switch
    {
        CartState.None => "none",
        CartState.Open => "open",
        CartState.AtRisk => "at_risk",
        CartState.Abandoned => "abandoned",
        CartState.Recovered => "recovered",
        CartState.Converted => "converted",
        CartState.Emptied => "emptied",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a cart state"),
    };
}
