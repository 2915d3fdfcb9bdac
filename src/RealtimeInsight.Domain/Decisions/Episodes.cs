using System.Globalization;
using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Decisions;

/// <summary>Names of the episodes for which a rule decides once.</summary>
internal static class Episodes
{
    private const string CartPrefix = "cart:";
    private const string DormancyPrefix = "dormancy:";

    public static string Cart(int number) => string.Create(CultureInfo.InvariantCulture, $"{CartPrefix}{number}");

    public static bool IsCart(string episode) => episode.StartsWith(CartPrefix, StringComparison.Ordinal);

    public static bool IsDormancy(string episode) => episode.StartsWith(DormancyPrefix, StringComparison.Ordinal);

    /// <summary>The episode in which a rule would decide now; null when there is none, e.g. no cart for a rule that decides once per cart.</summary>
    public static string? Of(CustomerState state, PolicyRule rule, Effect? effect, Instant now) => rule.OncePer switch
    {
        EpisodeScope.Trigger => OfTrigger(state, effect),
        EpisodeScope.Cart => effect is { After: not CartState.None } cause ? Cart(cause.Number) : CurrentCart(state),
        EpisodeScope.Session => Session(state),
        EpisodeScope.Day => $"day:{now.ToDateTimeOffset():yyyy-MM-dd}",
        EpisodeScope.Ever => "ever",
        _ => throw new InvalidOperationException($"scope {rule.OncePer} is not handled"),
    };

    /// <summary>True while the cart is still in the state that the effect brought it to: what happened since may have undone it.</summary>
    public static bool StillHolds(CustomerState state, in Effect effect) =>
        effect.After == CartState.None || FindCart(state, effect.Number)?.State == effect.After;

    /// <summary>For a deferred decision: a cart episode must still be in a state that one of the rule's triggers leads to.</summary>
    public static bool StillHolds(CustomerState state, string episode, PolicyRule rule)
    {
        if (IsDormancy(episode)) return state.DormancyLevel > 0;
        if (!IsCart(episode)) return true;
        var number = int.Parse(episode.AsSpan(CartPrefix.Length), CultureInfo.InvariantCulture);
        if (FindCart(state, number) is not { } cart) return false;
        if (rule.EffectMask == 0) return !CartStates.IsFinal(cart.State);
        for (var kind = 0; kind < EffectKinds.Count; kind++)
        {
            if ((rule.EffectMask & (1u << kind)) != 0 && StateAfter((EffectKind)kind) == cart.State) return true;
        }

        return false;
    }

    private static string? OfTrigger(CustomerState state, Effect? effect) => effect switch
    {
        null => CartOrSession(state),
        { After: not CartState.None } cart => Cart(cart.Number),
        { Kind: EffectKind.DormancyReached or EffectKind.Reactivated } dormancy =>
            string.Create(CultureInfo.InvariantCulture, $"{DormancyPrefix}{state.LastActivityAt.UnixMs}:{dormancy.Number}"),
        _ => Session(state),
    };

    private static string CartOrSession(CustomerState state) =>
        state.Cart is { } cart && CartStates.IsOpen(cart.State) ? Cart(cart.Number) : Session(state);

    private static string? CurrentCart(CustomerState state) => state.Cart is { } cart ? Cart(cart.Number) : null;

    private static string Session(CustomerState state) =>
        string.Create(CultureInfo.InvariantCulture, $"session:{state.Session.Number}");

    private static Carts.Cart? FindCart(CustomerState state, int number)
    {
        foreach (var cart in state.Carts)
        {
            if (cart.Number == number) return cart;
        }

        return null;
    }

    private static CartState StateAfter(EffectKind kind) => kind switch
    {
        EffectKind.CartOpened or EffectKind.CartResumed => CartState.Open,
        EffectKind.CartAtRisk => CartState.AtRisk,
        EffectKind.CartAbandoned => CartState.Abandoned,
        EffectKind.CartRecovered => CartState.Recovered,
        EffectKind.CartConverted => CartState.Converted,
        EffectKind.CartEmptied => CartState.Emptied,
        _ => CartState.None,
    };
}
