using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Host.Demo;

/// <summary>An order that was completed, as far as what follows needs it.</summary>
internal sealed record PlacedOrder(string OrderId, decimal Total, ShopProduct Product);

/// <summary>The way from a full cart to an order, with the reasons why people turn back: coupon, shipping cost, payment.</summary>
internal sealed class CustomerCheckout(SimulatedCustomer customer, Action think)
{
    private readonly SeededRandom _random = customer.Random;
    private readonly string _checkoutId = $"checkout-{customer.CartId}-{customer.NowMs}";
    private double _discount;

    /// <summary>Known once <see cref="Run"/> has been read to its end.</summary>
    public VisitEnd End { get; private set; } = VisitEnd.LeftDistracted;

    public PlacedOrder? Order { get; private set; }

    private double Sensitivity => customer.Persona.PriceSensitivity;

    private bool ShipsFree => customer.CartEuro >= SimulatedCustomer.FreeShippingEuro;

    public IEnumerable<CustomerEvent> Run()
    {
        if (!customer.IsKnown)
        {
            yield return customer.Identify();
            think();
        }

        yield return customer.WithCart(EventKind.CheckoutStarted) with { CheckoutId = _checkoutId };
        think();

        foreach (var happened in TryCoupon()) yield return happened;
        if (End == VisitEnd.LeftOverPrice) yield break;

        yield return Step("shipping");
        think();
        foreach (var happened in FaceShipping()) yield return happened;
        if (End == VisitEnd.LeftOverShipping) yield break;

        yield return Step("payment");
        think();
        if (_random.Chance(0.05)) yield break;
        foreach (var happened in Pay()) yield return happened;
        if (End != VisitEnd.Bought) yield break;

        yield return Complete();
        if (!customer.HasMarketingConsent && _random.Chance(0.2))
        {
            think();
            yield return Consent(isGranted: true);
        }
    }

    /// <summary>Grants or withdraws e-mail marketing.</summary>
    public CustomerEvent Consent(bool isGranted)
    {
        customer.HasMarketingConsent = isGranted;
        return customer.Happens(EventKind.ConsentChanged) with { Consents = new Dictionary<string, bool> { ["email"] = isGranted } };
    }

    private IEnumerable<CustomerEvent> TryCoupon()
    {
        if (!_random.Chance(0.05 + (0.5 * Sensitivity * Sensitivity))) yield break;
        if (_random.Chance(0.55))
        {
            _discount = 0.1;
            yield return Coupon(EventKind.CouponApplied, "SAVE10");
            think();
            yield break;
        }

        yield return Coupon(EventKind.CouponDenied, "OLD20");
        think();
        customer.Please(-0.04);
        if (_random.Chance(0.15 + (0.45 * Sensitivity))) End = VisitEnd.LeftOverPrice;
    }

    private IEnumerable<CustomerEvent> FaceShipping()
    {
        if (ShipsFree) yield break;
        var share = SimulatedCustomer.ShippingEuro / Math.Max(1, customer.CartEuro);
        if (!_random.Chance(Math.Min(0.8, Sensitivity * (0.25 + (2 * share))))) yield break;
        if (_random.Chance(0.7))
        {
            End = VisitEnd.LeftOverShipping;
            yield break;
        }

        var companion = customer.Catalogue.Near(
            customer.Catalogue.Companion(customer.Cart[^1].Product.Category), customer.Persona.Style, _random);
        customer.Put(companion, quantity: 1);
        yield return customer.About(EventKind.CartAdded, companion);
        think();
    }

    private IEnumerable<CustomerEvent> Pay()
    {
        while (_random.Chance(customer.Persona.PaymentTrouble))
        {
            yield return customer.WithCart(EventKind.PaymentFailed, _discount, Shipping()) with
            {
                CheckoutId = _checkoutId,
                Subject = "card",
            };
            think();
            customer.Please(-0.05);
            if (_random.Chance(0.5)) continue;
            End = VisitEnd.LeftOverPayment;
            yield break;
        }

        End = VisitEnd.Bought;
    }

    private CustomerEvent Complete()
    {
        var completed = customer.WithCart(EventKind.OrderCompleted, _discount, Shipping()) with
        {
            OrderId = customer.NextOrderId(),
            CheckoutId = _checkoutId,
        };
        Order = new PlacedOrder(completed.OrderId, completed.Value ?? 0, customer.Cart[_random.Below(customer.Cart.Count)].Product);
        customer.EmptyCart();
        customer.Mission = null;
        return completed;
    }

    private double Shipping() => ShipsFree ? 0 : SimulatedCustomer.ShippingEuro;

    private CustomerEvent Step(string name) => customer.WithCart(EventKind.CheckoutStep) with { CheckoutId = _checkoutId, Subject = name };

    private CustomerEvent Coupon(EventKind kind, string code) =>
        customer.Happens(kind) with { CartId = customer.CartId, Subject = code, Currency = customer.Persona.Currency };
}
