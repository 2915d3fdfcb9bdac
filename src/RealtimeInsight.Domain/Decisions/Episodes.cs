using System.Globalization;
using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Decisions;

/// <summary>Names of the episodes for which a rule decides once.</summary>
internal static class Episodes
{
    /// <summary>The one episode of rules that treat a customer once and never again.</summary>
    public const string Ever = "ever";

    private const string CartPrefix = "cart:";
    private const string SessionPrefix = "session:";
    private const string DormancyPrefix = "dormancy:";

    public static string Cart(int number) => string.Create(CultureInfo.InvariantCulture, $"{CartPrefix}{number}");

    public static bool IsCart(string episode) => episode.StartsWith(CartPrefix, StringComparison.Ordinal);

    public static bool IsDormancy(string episode) => episode.StartsWith(DormancyPrefix, StringComparison.Ordinal);

    /// <summary>The episode in which a rule would decide now; null when there is none, e.g. no cart for a once-per-cart rule.</summary>
    public static string? Of(CustomerState state, PolicyRule rule, Effect? effect, Instant now) => rule.OncePer switch
    {
        EpisodeScope.Trigger => OfTrigger(state, effect),
        EpisodeScope.Cart => effect is { After: not CartState.None } cause ? Cart(cause.Number) : CurrentCart(state),
        EpisodeScope.Session => effect is { Kind: EffectKind.SessionStarted or EffectKind.SessionEnded } cause
            ? Session(cause.Number) : Session(state.Session.Number),
        EpisodeScope.Day => $"day:{now.ToDateTimeOffset():yyyy-MM-dd}",
        EpisodeScope.Ever => Ever,
        _ => throw new InvalidOperationException($"scope {rule.OncePer} is not handled"),
    };

    /// <summary>True while the effect still describes the customer: what happened later in the same turn may have undone it.</summary>
    public static bool StillHolds(CustomerState state, in Effect effect) => effect.Kind switch
    {
        EffectKind.SessionStarted => state.Session.Number == effect.Number,
        EffectKind.SessionEnded => state.Session.Number == effect.Number && !state.Session.IsOpen,
        EffectKind.DormancyReached => state.DormancyLevel == effect.Number,
        EffectKind.Reactivated => state.DormancyLevel == 0,
        _ => effect.After == CartState.None || FindCart(state, effect.Number)?.State == effect.After,
    };

    /// <summary>For a deferred decision: the customer must still be in a state that one of the rule's triggers leads to.</summary>
    public static bool StillHolds(CustomerState state, string episode, PolicyRule rule)
    {
        var cart = CartOf(state, episode);
        if (cart is null && IsCart(episode)) return false;
        if (rule.EventMask != 0 && HoldsForEvents(cart, rule)) return true;
        for (var kind = 0; kind < EffectKinds.Count; kind++)
        {
            if ((rule.EffectMask & (1u << kind)) != 0 && HoldsFor((EffectKind)kind, state, cart)) return true;
        }

        return false;
    }

    /// <summary>The cart that an episode is about; null for other episodes and for carts that are gone.</summary>
    public static Carts.Cart? CartOf(CustomerState state, string episode) => IsCart(episode)
        ? FindCart(state, NumberOf(episode))
        : null;

    private static bool HoldsForEvents(Carts.Cart? cart, PolicyRule rule)
    {
        if (cart is null || !CartStates.IsFinal(cart.State)) return true;
        var isForOrders = rule.EventMask != uint.MaxValue && (rule.EventMask & (1u << (int)EventKind.OrderCompleted)) != 0;
        return isForOrders && cart.State == CartState.Converted;
    }

    private static bool HoldsFor(EffectKind kind, CustomerState state, Carts.Cart? cart) => kind switch
    {
        EffectKind.DormancyReached => state.DormancyLevel > 0,
        EffectKind.Reactivated => state.DormancyLevel == 0,
        EffectKind.SessionStarted or EffectKind.SessionEnded => cart is null || !CartStates.IsFinal(cart.State),
        _ => cart is null ? state.Carts.Any(one => one.State == StateAfter(kind)) : cart.State == StateAfter(kind),
    };

    private static string? OfTrigger(CustomerState state, Effect? effect) => effect switch
    {
        null => CartOrSession(state),
        { After: not CartState.None } cart => Cart(cart.Number),
        { Kind: EffectKind.DormancyReached or EffectKind.Reactivated } dormancy =>
            string.Create(CultureInfo.InvariantCulture, $"{DormancyPrefix}{state.LastActivityAt.UnixMs}:{dormancy.Number}"),
        { } session => Session(session.Number),
    };

    private static string CartOrSession(CustomerState state) =>
        state.Cart is { } cart && CartStates.IsOpen(cart.State) ? Cart(cart.Number) : Session(state.Session.Number);

    /// <summary>The name of an episode of a history before which another has so many carts and sessions.</summary>
    public static string Later(string episode, int carts, int sessions)
    {
        if (IsCart(episode)) return Cart(NumberOf(episode) + carts);
        return episode.StartsWith(SessionPrefix, StringComparison.Ordinal) ? Session(NumberOf(episode) + sessions) : episode;
    }

    private static int NumberOf(string episode) =>
        int.Parse(episode.AsSpan(episode.IndexOf(':', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);

    /// <summary>True when the effect is what a treatment in the episode hoped for.</summary>
    public static bool IsRecovery(string episode, in Effect effect) => effect.Kind switch
    {
        EffectKind.CartConverted => episode == Cart(effect.Number),
        EffectKind.Reactivated => IsDormancy(episode),
        _ => false,
    };

    /// <summary>
    /// When the cart or session of an episode began; no value for other episodes. Tells episodes of one number apart, which histories that
    /// are joined or parted can give.
    /// </summary>
    public static Instant BeganAt(CustomerState state, string episode)
    {
        if (CartOf(state, episode) is { } cart) return cart.OpenedAt;
        return episode == Session(state.Session.Number) ? state.Session.StartedAt : Instant.None;
    }

    private static string? CurrentCart(CustomerState state) => state.Cart is { } cart ? Cart(cart.Number) : null;

    public static string Session(int number) => string.Create(CultureInfo.InvariantCulture, $"{SessionPrefix}{number}");

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
