namespace RealtimeInsight.Insights.Lifetime;

/// <summary>What a buy-till-you-die model knows of one customer; times in weeks since the first purchase.</summary>
/// <param name="Repeats">Purchases after the first one; same-day purchases count once.</param>
/// <param name="LastWeek">When the last repeat happened; 0 without a repeat.</param>
/// <param name="AgeWeeks">From the first purchase to the end of what is known.</param>
public readonly record struct PurchaseHistory(int Repeats, double LastWeek, double AgeWeeks)
{
    private const double DaysPerWeek = 7;

    /// <summary>Summary of the days on which a customer bought, all of them up to <paramref name="asOf"/>.</summary>
    /// <param name="days">At least one day; order and duplicates do not matter.</param>
    public static PurchaseHistory Of(IEnumerable<DateOnly> days, DateOnly asOf)
    {
        ArgumentNullException.ThrowIfNull(days);
        var distinct = days.Distinct().Order().ToList();
        if (distinct.Count == 0) throw new ArgumentException("a customer without a purchase has no history");
        if (distinct[^1] > asOf) throw new ArgumentException($"a purchase on {distinct[^1]:O} is after {asOf:O}, the end of what is known");
        var first = distinct[0].DayNumber;
        return new PurchaseHistory(
            distinct.Count - 1, (distinct[^1].DayNumber - first) / DaysPerWeek, (asOf.DayNumber - first) / DaysPerWeek);
    }
}
