using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Carts;

/// <summary>
/// The cart as a state machine across sessions and devices:
/// open - (quiet) - at risk - (quiet) - abandoned - (taken up) - recovered, and from each of them converted or emptied.
/// </summary>
internal static class CartMachine
{
    /// <param name="isLaterLine">The event is one more of an order that is known.</param>
    public static void Apply(
        CustomerState state, CustomerEvent customerEvent, bool isLaterLine, CustomerOptions options, EffectBuffer effects)
    {
        switch (customerEvent.Kind)
        {
            case EventKind.CartAdded:
                Add(state, customerEvent, options, effects);
                break;
            case EventKind.CartRemoved:
                Remove(state, customerEvent, options, effects);
                break;
            case EventKind.CartViewed or EventKind.CheckoutStarted:
                Show(state, customerEvent, options, effects);
                break;
            case EventKind.CheckoutStep or EventKind.PaymentFailed or EventKind.CouponApplied or EventKind.CouponDenied:
                if (Find(state, customerEvent, options) is { } touched) Recover(touched, customerEvent.OccurredAt, effects);
                break;
            case EventKind.OrderCompleted:
                if (!isLaterLine || !TakeLaterLine(state, customerEvent, effects)) Convert(state, customerEvent, options, effects);
                break;
            default:
                return;
        }

        state.NoteCarts();
    }

    /// <summary>Any activity brings carts at risk back to open.</summary>
    public static void Resume(CustomerState state, Instant at, EffectBuffer effects)
    {
        if ((state.CartsNoted & CartsNoted.AtRisk) == 0) return;
        foreach (var cart in state.CartList!)
        {
            if (cart.State == CartState.AtRisk) Move(cart, CartState.Open, EffectKind.CartResumed, at, effects);
        }

        state.NoteCarts();
    }

    /// <summary>Does not look at the carts themselves: at risk always comes before abandoned.</summary>
    public static Instant NextDeadline(CustomerState state, CustomerOptions options)
    {
        if ((state.CartsNoted & CartsNoted.Open) != 0) return state.LastActivityAt + options.CartAtRiskAfter;
        var isWaiting = (state.CartsNoted & (CartsNoted.AtRisk | CartsNoted.Recovered)) != 0;
        return isWaiting ? state.LastActivityAt + options.CartAbandonedAfter : Instant.Never;
    }

    public static void Fire(CustomerState state, Instant due, CustomerOptions options, EffectBuffer effects)
    {
        if ((state.CartsNoted & (CartsNoted.Open | CartsNoted.AtRisk | CartsNoted.Recovered)) == 0) return;
        foreach (var cart in state.CartList!)
        {
            if (Due(state, cart, options) != due) continue;
            if (cart.State == CartState.Open)
            {
                Move(cart, CartState.AtRisk, EffectKind.CartAtRisk, due, effects);
            }
            else
            {
                Move(cart, CartState.Abandoned, EffectKind.CartAbandoned, due, effects);
                if (!cart.AbandonedAt.HasValue) cart.AbandonedAt = due;
            }
        }

        state.NoteCarts();
    }

    private static Instant Due(CustomerState state, Cart cart, CustomerOptions options) => cart.State switch
    {
        CartState.Open => state.LastActivityAt + options.CartAtRiskAfter,
        CartState.AtRisk or CartState.Recovered => state.LastActivityAt + options.CartAbandonedAfter,
        _ => Instant.Never,
    };

    private static void Add(CustomerState state, CustomerEvent customerEvent, CustomerOptions options, EffectBuffer effects)
    {
        if (customerEvent.Products.Count == 0) return;
        if (Find(state, customerEvent, options) is not { } cart)
        {
            // What an order of some of the products left in the last cart comes back with the next one.
            Open(state, customerEvent, state.Cart is { State: CartState.Converted } ordered ? ordered.Lines : [], effects);
            return;
        }

        Recover(cart, customerEvent.OccurredAt, effects);
        for (var i = 0; i < customerEvent.Products.Count; i++) cart.Put(customerEvent.Products[i]);
        Changed(state, cart, customerEvent);
    }

    private static void Remove(CustomerState state, CustomerEvent customerEvent, CustomerOptions options, EffectBuffer effects)
    {
        if (Find(state, customerEvent, options) is not { } cart) return;
        Recover(cart, customerEvent.OccurredAt, effects);
        for (var i = 0; i < customerEvent.Products.Count; i++)
        {
            cart.Take(customerEvent.Products[i].ProductId, customerEvent.Products[i].Quantity);
        }

        Changed(state, cart, customerEvent);
        if (cart.Lines.Count == 0) Move(cart, CartState.Emptied, EffectKind.CartEmptied, customerEvent.OccurredAt, effects);
    }

    /// <summary>The shop showed the whole cart: its lines are what it says, where it says any.</summary>
    private static void Show(CustomerState state, CustomerEvent customerEvent, CustomerOptions options, EffectBuffer effects)
    {
        if (Find(state, customerEvent, options) is not { } cart)
        {
            if (customerEvent.Products.Count != 0) Open(state, customerEvent, [], effects);
            return;
        }

        Recover(cart, customerEvent.OccurredAt, effects);
        if (customerEvent.Products.Count == 0) return;
        cart.Replace(customerEvent.Products);
        Changed(state, cart, customerEvent);
    }

    private static void Convert(CustomerState state, CustomerEvent customerEvent, CustomerOptions options, EffectBuffer effects)
    {
        var cart = FindOrdered(state, customerEvent, options);
        if (cart is null)
        {
            // Shops that send one event for each line of an order: the first one converted the cart, the others take their lines off it.
            if (TakeLeftOver(state, customerEvent)) return;
            cart = FindInSession(state, customerEvent);
            if (cart is null) return;
        }

        var value = customerEvent.Amount > 0m ? customerEvent.Amount : cart.Value;
        var isPartial = false;
        for (var i = 0; i < customerEvent.Products.Count; i++)
        {
            var product = customerEvent.Products[i];
            isPartial |= cart.Holds(product.ProductId);
            cart.Take(product.ProductId, product.Quantity);
        }

        // Lines left over from an order of some of them come back with the next cart; else the order was of the whole cart.
        if (!isPartial) cart.Clear();
        var before = cart.State;
        cart.State = CartState.Converted;
        cart.ChangedAt = customerEvent.OccurredAt;
        MoveToEnd(state, cart);
        effects.Add(new Effect(EffectKind.CartConverted, customerEvent.OccurredAt, cart.Number, before, CartState.Converted, value));
    }

    /// <summary>The cart that a cart event means: the one with its id, else the one without an id or of any id that changed last.</summary>
    private static Cart? Find(CustomerState state, CustomerEvent customerEvent, CustomerOptions options)
    {
        if (state.CartList is not { } carts) return null;
        Cart? unnamed = null;
        for (var i = carts.Count - 1; i >= 0; i--)
        {
            var cart = carts[i];
            if (!IsOngoing(cart, customerEvent.OccurredAt, options) || IsOther(cart, customerEvent)) continue;
            if (customerEvent.CartId is null || cart.CartId is not null) return cart;
            unnamed ??= cart;
        }

        return unnamed;
    }

    /// <summary>The cart that was ordered: the one with the order's cart id, else the newest that holds one of its products.</summary>
    private static Cart? FindOrdered(CustomerState state, CustomerEvent customerEvent, CustomerOptions options)
    {
        if (state.CartList is not { } carts) return null;
        Cart? holding = null;
        for (var i = carts.Count - 1; i >= 0; i--)
        {
            var cart = carts[i];
            if (!IsOngoing(cart, customerEvent.OccurredAt, options) || IsOther(cart, customerEvent)) continue;
            if (customerEvent.CartId is not null && cart.CartId is not null) return cart;
            if (customerEvent.Products.Count == 0 || HoldsAny(cart, customerEvent.Products)) holding ??= cart;
        }

        return holding;
    }

    /// <summary>Shops order under other product ids than they add (variants): an order in the cart's own session is the cart's.</summary>
    private static Cart? FindInSession(CustomerState state, CustomerEvent customerEvent)
    {
        if (state.CartList is not { } carts) return null;
        for (var i = carts.Count - 1; i >= 0; i--)
        {
            var cart = carts[i];
            var isOfSession = CartStates.IsOpen(cart.State) && cart.ChangedAt >= state.Session.StartedAt;
            if (isOfSession && !IsOther(cart, customerEvent)) return cart;
        }

        return null;
    }

    /// <summary>
    /// One more line of the order that converted a cart: it is taken off what that cart left over, also where that has come back with the
    /// next cart, and converts no other. False when the order converted none.
    /// </summary>
    private static bool TakeLaterLine(CustomerState state, CustomerEvent customerEvent, EffectBuffer effects)
    {
        var since = state.Orders.LastOrderAt;
        var at = state.CartList?.FindLastIndex(cart => cart.State == CartState.Converted && cart.ChangedAt >= since) ?? -1;
        if (at < 0) return false;
        var converted = state.CartList![at];
        var next = state.CartList.Skip(at + 1).LastOrDefault(cart => CartStates.IsOpen(cart.State) && cart.OpenedAt >= converted.ChangedAt);
        for (var i = 0; i < customerEvent.Products.Count; i++)
        {
            var product = customerEvent.Products[i];
            var quantity = Math.Min(product.Quantity, converted.QuantityOf(product.ProductId));
            if (quantity == 0) continue;
            converted.Take(product.ProductId, quantity);
            next?.Take(product.ProductId, quantity);
        }

        if (next?.Lines.Count == 0) Move(next, CartState.Emptied, EffectKind.CartEmptied, customerEvent.OccurredAt, effects);
        return true;
    }

    private static bool TakeLeftOver(CustomerState state, CustomerEvent customerEvent)
    {
        if (state.CartList is not [.., { State: CartState.Converted } converted]) return false;
        if (!HoldsAny(converted, customerEvent.Products)) return false;
        for (var i = 0; i < customerEvent.Products.Count; i++)
        {
            converted.Take(customerEvent.Products[i].ProductId, customerEvent.Products[i].Quantity);
        }

        return true;
    }

    private static bool HoldsAny(Cart cart, IReadOnlyList<ProductLine> products)
    {
        for (var i = 0; i < products.Count; i++)
        {
            if (cart.Holds(products[i].ProductId)) return true;
        }

        return false;
    }

    /// <summary>True when both sides name a cart, and not the same one.</summary>
    private static bool IsOther(Cart cart, CustomerEvent customerEvent) =>
        customerEvent.CartId is { } id && cart.CartId is { } known && !string.Equals(id, known, StringComparison.Ordinal);

    private static bool IsOngoing(Cart cart, Instant at, CustomerOptions options) =>
        !CartStates.IsFinal(cart.State) && !IsOver(cart, at, options);

    private static bool IsOver(Cart cart, Instant at, CustomerOptions options) =>
        cart.State == CartState.Abandoned && at - cart.ChangedAt > options.CartEpisodeMax;

    private static void Open(
        CustomerState state, CustomerEvent customerEvent, IReadOnlyList<CartLine> leftOver, EffectBuffer effects)
    {
        var carts = state.CartList ??= new List<Cart>(1);
        var cart = new Cart
        {
            Number = ++state.CartCount,
            CartId = customerEvent.CartId,
            Currency = customerEvent.Currency,
            OpenedAt = customerEvent.OccurredAt,
            State = CartState.Open,
            ChangedAt = customerEvent.OccurredAt,
        };
        cart.TakeOver(leftOver);
        for (var i = 0; i < customerEvent.Products.Count; i++) cart.Put(customerEvent.Products[i]);
        if (carts.Count >= CustomerState.CartsMax) Evict(carts, customerEvent.OccurredAt, effects);
        carts.Add(cart);
        effects.Add(new Effect(EffectKind.CartOpened, customerEvent.OccurredAt, cart.Number, CartState.None, CartState.Open, cart.Value));
    }

    /// <summary>Makes room: a final cart goes first, then an abandoned one, then the oldest, which is abandoned thereby.</summary>
    private static void Evict(List<Cart> carts, Instant at, EffectBuffer effects)
    {
        var victim = carts.FindIndex(static cart => CartStates.IsFinal(cart.State));
        if (victim < 0) victim = carts.FindIndex(static cart => cart.State == CartState.Abandoned);
        if (victim < 0)
        {
            victim = 0;
            Move(carts[0], CartState.Abandoned, EffectKind.CartAbandoned, at, effects);
        }

        carts.RemoveAt(victim);
    }

    private static void Recover(Cart cart, Instant at, EffectBuffer effects)
    {
        if (cart.State == CartState.Abandoned) Move(cart, CartState.Recovered, EffectKind.CartRecovered, at, effects);
    }

    private static void Changed(CustomerState state, Cart cart, CustomerEvent customerEvent)
    {
        cart.CartId ??= customerEvent.CartId;
        cart.Currency = customerEvent.Currency ?? cart.Currency;
        cart.ChangedAt = customerEvent.OccurredAt;
        MoveToEnd(state, cart);
    }

    private static void MoveToEnd(CustomerState state, Cart cart)
    {
        var carts = state.CartList!;
        if (ReferenceEquals(carts[^1], cart)) return;
        carts.Remove(cart);
        carts.Add(cart);
    }

    private static void Move(Cart cart, CartState after, EffectKind kind, Instant at, EffectBuffer effects)
    {
        var before = cart.State;
        cart.State = after;
        cart.ChangedAt = at;
        effects.Add(new Effect(kind, at, cart.Number, before, after, cart.Value));
    }
}
