using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Host.Demo;

/// <summary>Why somebody comes to the shop.</summary>
internal enum VisitReason : byte
{
    Idle = 0,
    Mission = 1,
    CartReturn = 2,
    CartReminder = 3,
}

/// <summary>How a visit ended, as far as the cart goes.</summary>
internal enum VisitEnd : byte
{
    NoCart = 0,
    Bought = 1,
    LeftDistracted = 2,
    LeftOverPrice = 3,
    LeftOverShipping = 4,
    LeftOverPayment = 5,
}

/// <summary>One visit: arrive, look at products, perhaps fill the cart, perhaps go to the checkout.</summary>
internal sealed class CustomerVisit(SimulatedCustomer customer, VisitReason reason)
{
    private static readonly string[] Campaigns = ["spring-sale", "retargeting", "brand-search", "newcomer"];
    private static readonly string[] Worries = ["/help/shipping", "/help/returns", "/help/payment", "/size-guide"];
    private static readonly string[] CustomNames = ["Size Guide Opened", "Video Played", "Store Locator Used"];

    private readonly SeededRandom _random = customer.Random;
    private int _category;
    private double _style;

    /// <summary>Known once <see cref="Run"/> has been read to its end.</summary>
    public VisitEnd End { get; private set; }

    /// <summary>The order that the visit ended in, null when it did not.</summary>
    public PlacedOrder? Order { get; private set; }

    private bool IsReturn => reason is VisitReason.CartReturn or VisitReason.CartReminder;

    private double Resolve => customer.Mission?.Resolve ?? (IsReturn ? 0.4 : 0.1);

    public IEnumerable<CustomerEvent> Run()
    {
        var persona = customer.Persona;
        var mission = customer.Mission;
        if (mission is not null) mission.Visits++;
        _category = mission?.Category ?? _random.Pick(persona.FavouriteCategories);
        _style = mission?.Style ?? persona.Style;

        foreach (var happened in Arrive()) yield return happened;
        // Those who have lost their liking for the shop look around less, visit by visit, before they stay away.
        var liking = Math.Clamp((customer.Satisfaction - 0.2) / 0.45, 0.2, 1.2);
        var looks = reason switch
        {
            VisitReason.Mission => 2 + (int)_random.Exponential(3 * liking),
            VisitReason.Idle => 1 + (int)_random.Exponential(2 * liking),
            _ => _random.Chance(0.3) ? 1 : 0,
        };
        for (var i = 0; i < looks; i++)
        {
            foreach (var happened in Look(isFirst: i == 0)) yield return happened;
            if (customer.Cart.Count > 0 && mission is not null && _random.Chance(0.35 + (0.3 * persona.Decisiveness))) break;
        }

        if (customer.Cart.Count == 0) yield break;
        foreach (var happened in Settle()) yield return happened;
    }

    private IEnumerable<CustomerEvent> Arrive()
    {
        if (reason == VisitReason.CartReminder)
        {
            yield return customer.Happens(EventKind.MessageClicked) with { Subject = "cart-reminder" };
            Think();
        }
        else if (_random.Chance(customer.Persona.PriceSensitivity * 0.25))
        {
            yield return customer.Happens(EventKind.AdClicked) with { Subject = _random.Pick(Campaigns) };
            Think();
        }
        else
        {
            yield return Page("/");
            Think();
        }

        if (customer.IsKnown && _random.Chance(0.2))
        {
            yield return customer.Happens(EventKind.LoggedIn);
            Think();
        }

        if (_random.Chance(0.02))
        {
            yield return customer.Happens(EventKind.Custom) with { CustomName = _random.Pick(CustomNames) };
            Think();
        }
    }

    private IEnumerable<CustomerEvent> Look(bool isFirst)
    {
        var product = ChooseProduct();
        if (isFirst || _random.Chance(0.35))
        {
            var category = customer.Catalogue.CategoryName(product.Category);
            var isSearch = _random.Chance(reason == VisitReason.Mission ? 0.5 : 0.2);
            yield return customer.Happens(isSearch ? EventKind.Searched : EventKind.ListViewed) with { Subject = category };
            Think();
            if (_random.Chance(0.4))
            {
                yield return customer.About(EventKind.ListClicked, product);
                customer.Wait(_random.Between(0.5, 2));
            }
        }
        else if (_random.Chance(0.15))
        {
            yield return customer.About(EventKind.RecommendationShown, product) with { Subject = "similar" };
            Think();
        }

        yield return customer.About(EventKind.ProductViewed, product);
        Think();
        if (_random.Chance((0.08 * (0.5 + customer.Persona.PriceSensitivity)) + (0.15 * Math.Max(0, 0.5 - customer.Satisfaction))))
        {
            yield return Page(_random.Pick(Worries));
            Think();
        }

        foreach (var happened in React(product)) yield return happened;
    }

    private IEnumerable<CustomerEvent> React(ShopProduct product)
    {
        var fit = Fit(product);
        if (customer.Mission is { } mission)
        {
            mission.Resolve = Math.Min(1, mission.Resolve + (0.045 * Math.Max(0, fit) * (0.5 + customer.Persona.Decisiveness)));
            if (mission.Favourite is null || fit > Fit(mission.Favourite)) mission.Favourite = product;
        }

        var want = customer.Mission is null ? -5.2 + fit : -5.3 + (3.8 * Resolve) + (1.6 * fit);
        if (_random.Chance(Logistic(want)))
        {
            customer.Put(product, quantity: _random.Chance(0.1) ? 2 : 1);
            yield return customer.About(EventKind.CartAdded, product, customer.Cart[^1].Quantity);
            Think();
            if (_random.Chance(0.3)) _category = customer.Catalogue.Companion(product.Category);
        }
        else if (_random.Chance(0.025))
        {
            yield return customer.About(EventKind.WishlistAdded, product);
            Think();
            if (_random.Chance(0.15)) yield return customer.About(EventKind.WishlistRemoved, product);
        }
    }

    private IEnumerable<CustomerEvent> Settle()
    {
        if (_random.Chance(0.8))
        {
            yield return customer.WithCart(EventKind.CartViewed);
            Think();
        }

        if (customer.Cart.Count > 1 && _random.Chance(0.12))
        {
            var item = customer.Cart[_random.Below(customer.Cart.Count)];
            yield return customer.About(EventKind.CartRemoved, item.Product, item.Quantity);
            customer.Cart.Remove(item);
            Think();
        }

        // A cart that is dear for this person, or filled on a whim, is left before the checkout.
        var strain = customer.Persona.PriceSensitivity * Math.Min(1.5, customer.CartEuro / 150);
        var reminded = reason == VisitReason.CartReminder ? 0.5 : 0;
        var go = -2.5 + (3.4 * Resolve) + (0.8 * customer.Persona.Decisiveness) - (1.3 * strain) + reminded;
        if (!_random.Chance(Logistic(go)))
        {
            End = _random.Chance(0.3 + (0.5 * customer.Persona.PriceSensitivity)) ? VisitEnd.LeftOverPrice : VisitEnd.LeftDistracted;
            if (_random.Chance(0.1)) yield return customer.Happens(EventKind.OfferShown) with { Subject = "stay-10" };
            yield break;
        }

        var checkout = new CustomerCheckout(customer, Think);
        foreach (var happened in checkout.Run()) yield return happened;
        End = checkout.End;
        Order = checkout.Order;
    }

    private ShopProduct ChooseProduct()
    {
        if (customer.Mission?.Favourite is { } favourite && _random.Chance(0.3)) return favourite;
        if (IsReturn && customer.Cart.Count > 0 && _random.Chance(0.6)) return customer.Cart[^1].Product;
        var category = _random.Chance(customer.Mission is null ? 0.3 : 0.08)
            ? _random.Pick(customer.Persona.FavouriteCategories)
            : _category;
        return customer.Catalogue.Near(category, _style, _random);
    }

    private double Fit(ShopProduct product)
    {
        var budget = customer.Mission?.BudgetEuro ?? product.Price;
        var tooDear = Math.Max(0, (product.Price / budget) - 1);
        return 1 - (2.5 * Math.Abs(product.Style - _style)) - (2 * customer.Persona.PriceSensitivity * Math.Min(1, tooDear));
    }

    private CustomerEvent Page(string path) => customer.Happens(EventKind.PageViewed) with { Subject = path };

    /// <summary>Those who know what they want click faster.</summary>
    private void Think() => customer.Wait(_random.LogNormal(38 - (22 * Resolve), 0.7));

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));
}
