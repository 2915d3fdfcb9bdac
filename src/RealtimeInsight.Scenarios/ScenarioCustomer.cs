using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;

namespace RealtimeInsight.Scenarios;

/// <summary>A customer of a scenario: does things at the moment where the scenario is, one after the other.</summary>
public sealed class ScenarioCustomer
{
    private const string Currency = "EUR";
    private readonly Scenario _scenario;
    private readonly CustomerId _id;

    internal ScenarioCustomer(Scenario scenario, CustomerId id)
    {
        _scenario = scenario;
        _id = id;
    }

    public ScenarioCustomer Views(string product, decimal? price = null) => With(EventKind.ProductViewed, product, price, 1);

    public ScenarioCustomer AddsToCart(string product, decimal price, int quantity = 1) =>
        With(EventKind.CartAdded, product, price, quantity);

    public ScenarioCustomer RemovesFromCart(string product, int quantity = 1) => With(EventKind.CartRemoved, product, null, quantity);

    /// <summary>Orders a product; of a cart that holds it, the cart.</summary>
    public ScenarioCustomer Orders(string product, decimal price, int quantity = 1) =>
        With(EventKind.OrderCompleted, product, price, quantity);

    public ScenarioCustomer FailsToPay() => Does(EventKind.PaymentFailed);

    public ScenarioCustomer IsRefunded(decimal value) => Send(EventKind.OrderRefunded, item => item with { Value = value });

    /// <param name="purpose">As the policy's rules name it, e.g. <c>marketing</c>.</param>
    public ScenarioCustomer GivesConsent(string purpose) => Consents(purpose, isGranted: true);

    public ScenarioCustomer WithdrawsConsent(string purpose) => Consents(purpose, isGranted: false);

    /// <param name="timeZone">IANA name: quiet hours are in the customer's own time.</param>
    public ScenarioCustomer LivesIn(string timeZone) => Send(EventKind.Identified, item => item with { TimeZone = timeZone });

    /// <summary>An event with nothing in it but its kind.</summary>
    public ScenarioCustomer Does(EventKind kind) => Send(kind, static item => item);

    /// <summary>Lets time pass, for everybody.</summary>
    public ScenarioCustomer Waits(string span)
    {
        _scenario.Pass(span);
        return this;
    }

    private ScenarioCustomer Consents(string purpose, bool isGranted) => Send(
        EventKind.ConsentChanged, item => item with { Consents = new Dictionary<string, bool> { [purpose] = isGranted } });

    private ScenarioCustomer With(EventKind kind, string product, decimal? price, int quantity) => Send(kind, item => item with
    {
        Products = [new ProductLine(product, Price: price, Quantity: quantity)],
        Currency = Currency,
        OrderId = kind == EventKind.OrderCompleted ? $"order-{item.Id.Value}" : null,
    });

    private ScenarioCustomer Send(EventKind kind, Func<CustomerEvent, CustomerEvent> complete)
    {
        _scenario.Send(_id, kind, complete);
        return this;
    }
}
