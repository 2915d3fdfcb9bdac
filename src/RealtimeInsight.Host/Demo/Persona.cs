namespace RealtimeInsight.Host.Demo;

/// <summary>The kind of customer somebody is at heart; the shop sees only what it makes them do.</summary>
internal enum Archetype : byte
{
    Browser = 0,
    BargainHunter = 1,
    Loyal = 2,
    OneTime = 3,
    Churner = 4,
}

/// <summary>What does not change about a customer.</summary>
internal sealed record Persona
{
    private static readonly double[] Shares = [0.32, 0.20, 0.18, 0.14, 0.16];

    // Share of customers, zone, hours east of UTC in winter, country, currency, units of it for a euro.
    private static readonly (double Share, string Zone, double OffsetHours, string Country, string Currency, double Rate)[] Places =
    [
        (0.34, "Europe/Berlin", 1, "DE", "EUR", 1), (0.14, "Europe/Paris", 1, "FR", "EUR", 1), (0.10, "Europe/Madrid", 1, "ES", "EUR", 1),
        (0.08, "Europe/Vienna", 1, "AT", "EUR", 1), (0.14, "Europe/London", 0, "GB", "GBP", 0.86),
        (0.08, "America/New_York", -5, "US", "USD", 1.1), (0.05, "America/Los_Angeles", -8, "US", "USD", 1.1),
        (0.04, "Europe/Zurich", 1, "CH", "CHF", 0.95), (0.03, "Europe/Warsaw", 1, "PL", "PLN", 4.3),
    ];

    private static readonly double[] PlaceShares = [.. Places.Select(place => place.Share)];

    public required Archetype Archetype { get; init; }

    public required string TimeZone { get; init; }

    public required double OffsetHours { get; init; }

    public required string Country { get; init; }

    public required string Currency { get; init; }

    /// <summary>Units of <see cref="Currency"/> for one euro.</summary>
    public required double ExchangeRate { get; init; }

    /// <summary>Mean days between visits without anything to buy in mind.</summary>
    public required double IdleDays { get; init; }

    /// <summary>Mean days between two things to buy.</summary>
    public required double NeedDays { get; init; }

    /// <summary>0: pays anything; 1: leaves over the shipping cost.</summary>
    public required double PriceSensitivity { get; init; }

    /// <summary>0: looks for ever; 1: buys the first good one.</summary>
    public required double Decisiveness { get; init; }

    /// <summary>P(never coming back) at the end of a visit that left nothing to complain about.</summary>
    public required double LeaveRate { get; init; }

    /// <summary>Each visit makes the following absences longer by this factor; above 1 the customer drifts away.</summary>
    public required double Drift { get; init; }

    /// <summary>P(a payment fails).</summary>
    public required double PaymentTrouble { get; init; }

    public required IReadOnlyList<int> FavouriteCategories { get; init; }

    public required double Style { get; init; }

    /// <summary>True for those who shop after work, false for those who shop by day.</summary>
    public required bool IsEvening { get; init; }

    public static Persona Draw(SeededRandom random, int categories)
    {
        var archetype = (Archetype)random.Weighted(Shares);
        var place = Places[random.Weighted(PlaceShares)];
        var (idle, need, price, decisive, leave, drift) = archetype switch
        {
            Archetype.Browser => (40.0, 120.0, 0.45, 0.20, 0.04, 1.0),
            Archetype.BargainHunter => (16.0, 40.0, 0.85, 0.40, 0.02, 1.0),
            Archetype.Loyal => (9.0, 22.0, 0.25, 0.65, 0.003, 1.0),
            Archetype.OneTime => (45.0, 400.0, 0.45, 0.75, 0.15, 1.0),
            _ => (8.0, 20.0, 0.45, 0.50, 0.02, 1.35),
        };
        return new Persona
        {
            Archetype = archetype,
            TimeZone = place.Zone,
            OffsetHours = place.OffsetHours,
            Country = place.Country,
            Currency = place.Currency,
            ExchangeRate = place.Rate,
            IdleDays = Math.Max(0.5, random.LogNormal(idle, 0.6)),
            NeedDays = Math.Max(2, random.Gamma(need)),
            PriceSensitivity = Math.Clamp(price + (0.15 * random.Normal()), 0.02, 1),
            Decisiveness = Math.Clamp(decisive + (0.15 * random.Normal()), 0.05, 0.95),
            LeaveRate = leave,
            Drift = drift,
            PaymentTrouble = random.Chance(0.12) ? 0.45 : 0.05,
            FavouriteCategories = [.. Enumerable.Range(0, 3).Select(_ => random.Below(categories))],
            Style = random.NextDouble(),
            IsEvening = random.Chance(0.65),
        };
    }
}
