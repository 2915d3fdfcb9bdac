using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Customers;

/// <summary>What a turn of the state machine brought about. Numbers are used in policies' masks: below 32.</summary>
public enum EffectKind : byte
{
    SessionStarted = 0,
    SessionEnded = 1,
    CartOpened = 2,
    CartAtRisk = 3,

    /// <summary>Activity brought an at-risk cart back to open.</summary>
    CartResumed = 4,
    CartAbandoned = 5,
    CartRecovered = 6,
    CartConverted = 7,
    CartEmptied = 8,
    DormancyReached = 9,

    /// <summary>The customer came back after at least one dormancy level.</summary>
    Reactivated = 10,

    /// <summary>A decision that quiet hours had put off is due.</summary>
    DecisionDue = 11,

    /// <summary>The attribution window of a decision closed without its outcome.</summary>
    AttributionEnded = 12,
}

/// <summary>One effect, at its exact time.</summary>
/// <param name="Number">Session number, cart number, dormancy level from 1, or index of the decision's ledger entry.</param>
/// <param name="Before">Cart state before; <see cref="CartState.None"/> for effects that are not of a cart.</param>
/// <param name="After">Cart state after.</param>
/// <param name="Value">Cart value, for cart effects.</param>
public readonly record struct Effect(
    EffectKind Kind, Instant At, int Number, CartState Before = CartState.None, CartState After = CartState.None, decimal Value = 0m);

/// <summary>Wire names of effects, as policies, notices and metrics use them.</summary>
public static class EffectKinds
{
    public const int Count = 13;

    public static string WireName(EffectKind kind) => kind switch
    {
        EffectKind.SessionStarted => "session_started",
        EffectKind.SessionEnded => "session_ended",
        EffectKind.CartOpened => "cart_opened",
        EffectKind.CartAtRisk => "cart_at_risk",
        EffectKind.CartResumed => "cart_resumed",
        EffectKind.CartAbandoned => "cart_abandoned",
        EffectKind.CartRecovered => "cart_recovered",
        EffectKind.CartConverted => "cart_converted",
        EffectKind.CartEmptied => "cart_emptied",
        EffectKind.DormancyReached => "dormancy_reached",
        EffectKind.Reactivated => "reactivated",
        EffectKind.DecisionDue => "decision_due",
        EffectKind.AttributionEnded => "attribution_ended",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not an effect kind"),
    };
}
