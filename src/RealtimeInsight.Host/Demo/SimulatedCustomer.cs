using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Host.Demo;

/// <summary>One simulated person: what they are, what they want now, what lies in their cart, and their own clock.</summary>
internal sealed class SimulatedCustomer
{
    public const long SecondMs = 1_000;
    public const long MinuteMs = 60 * SecondMs;
    public const long HourMs = 60 * MinuteMs;
    public const long DayMs = 24 * HourMs;

    /// <summary>Orders of at least this many euros ship free, which is what splits buyers from leavers at the shipping step.</summary>
    public const double FreeShippingEuro = 60;
    public const double ShippingEuro = 5.95;

    private readonly ShopSimulatorOptions _options;
    private readonly string _name;
    private readonly CustomerId _visitor;
    private readonly CustomerId _user;
    private int _events;
    private int _carts;
    private int _orders;

    public SimulatedCustomer(ShopSimulatorOptions options, ShopCatalogue catalogue, long index, long bornMs)
    {
        _options = options;
        _name = $"{options.Seed:x}-{index:D6}";
        _visitor = CustomerId.FromVisitor($"v-{_name}");
        _user = CustomerId.FromUser($"c-{_name}");
        Catalogue = catalogue;
        Random = new SeededRandom((options.Seed * 0xD1B54A32D192ED03UL) ^ ((ulong)index * 0x9E3779B97F4A7C15UL));
        Persona = Persona.Draw(Random, catalogue.CategoryCount);
        IsKnown = Random.Chance(0.6);
        HasMarketingConsent = Random.Chance(0.55);
        Satisfaction = Math.Clamp(0.7 + (0.12 * Random.Normal()), 0.2, 1);
        NowMs = bornMs;
    }

    public ShopCatalogue Catalogue { get; }

    public SeededRandom Random { get; }

    public Persona Persona { get; }

    /// <summary>Simulated time in milliseconds since 1970; never goes back.</summary>
    public long NowMs { get; set; }

    /// <summary>The shop knows who this is; before that there is only a visitor.</summary>
    public bool IsKnown { get; private set; }

    public bool HasMarketingConsent { get; set; }

    /// <summary>0: furious; 1: delighted. Moves with what happens to orders and in service.</summary>
    public double Satisfaction { get; set; }

    public Mission? Mission { get; set; }

    public List<CartItem> Cart { get; } = [];

    public string? CartId { get; private set; }

    public bool HasOrdered => _orders > 0;

    public double CartEuro
    {
        get
        {
            var sum = 0.0;
            foreach (var item in Cart) sum += item.Product.Price * item.Quantity;
            return sum;
        }
    }

    public void Wait(double seconds) => NowMs += Math.Max(1, (long)(seconds * SecondMs));

    public void Please(double amount) => Satisfaction = Math.Clamp(Satisfaction + amount, 0, 1);

    public void Put(ShopProduct product, int quantity)
    {
        CartId ??= $"cart-{_name}-{++_carts}";
        Cart.Add(new CartItem(product, quantity));
    }

    public void EmptyCart()
    {
        Cart.Clear();
        CartId = null;
    }

    public string NextOrderId() => $"order-{_name}-{++_orders}";

    public CustomerEvent Happens(EventKind kind)
    {
        // Event time is counted from the start, so that compression keeps the order and the first moment.
        var at = new Instant(_options.Start.UnixMs + (long)((NowMs - _options.Start.UnixMs) / _options.TimeCompression));
        return new CustomerEvent
        {
            Id = Domain.Events.EventId.Parse($"sim-{_name}-{++_events:D5}"),
            Kind = kind,
            Customer = IsKnown ? _user : _visitor,
            OccurredAt = at,
            IngestedAt = at,
            TimeZone = Persona.TimeZone,
        };
    }

    /// <summary>The visitor says who they are: from now on events carry the customer's own id, this one carries both.</summary>
    public CustomerEvent Identify()
    {
        var visitor = IsKnown ? (CustomerId?)null : _visitor;
        IsKnown = true;
        return Happens(EventKind.Identified) with
        {
            Visitor = visitor,
            Traits = new Dictionary<string, string>
            {
                ["email"] = $"c-{_name}@shop.example",
                ["country"] = Persona.Country,
                ["currency"] = Persona.Currency,
            },
        };
    }

    public CustomerEvent About(EventKind kind, ShopProduct product, int quantity = 1) => Happens(kind) with
    {
        Products = [Catalogue.Line(product, Persona.ExchangeRate, quantity)],
        Currency = Persona.Currency,
        CartId = kind is EventKind.CartAdded or EventKind.CartRemoved ? CartId : null,
    };

    /// <summary>An event with the whole cart and its worth.</summary>
    public CustomerEvent WithCart(EventKind kind, double discount = 0, double shippingEuro = 0) => Happens(kind) with
    {
        Products = [.. Cart.Select(item => Catalogue.Line(item.Product, Persona.ExchangeRate, item.Quantity))],
        CartId = CartId,
        Currency = Persona.Currency,
        Value = ShopCatalogue.Money((CartEuro * (1 - discount)) + shippingEuro, Persona.ExchangeRate),
    };
}

/// <summary>A product in the cart.</summary>
internal readonly record struct CartItem(ShopProduct Product, int Quantity);

/// <summary>Something the customer wants to buy. Resolve in [0,1] grows with every good product seen.</summary>
internal sealed class Mission(int category, double style, double budgetEuro, double resolve)
{
    public int Category { get; } = category;

    public double Style { get; } = style;

    public double BudgetEuro { get; } = budgetEuro;

    public double Resolve { get; set; } = resolve;

    public int Visits { get; set; }

    public ShopProduct? Favourite { get; set; }
}
