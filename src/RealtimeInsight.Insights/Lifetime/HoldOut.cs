using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Insights.Lifetime;

/// <summary>Customers as known at a cut, beside what they bought in the weeks after it.</summary>
/// <param name="Cut">The last day of what is known.</param>
/// <param name="Weeks">Length of the hold-out after the cut.</param>
public sealed record HoldOut(DateOnly Cut, double Weeks, IReadOnlyList<HoldOut.Customer> Customers)
{
    private const double DaysPerWeek = 7;

    /// <summary>One customer with a purchase up to the cut.</summary>
    /// <param name="RepeatSpendMean">Mean amount of the repeat purchases up to the cut; 0 without one.</param>
    /// <param name="FirstSpend">Amount of the first purchase day.</param>
    public sealed record Customer(
        PurchaseHistory History, double FirstSpend, double RepeatSpendMean, double LaterPurchases, double LaterSpend);

    /// <summary>Splits purchases at the cut; same-day purchases of a customer are one purchase of their summed amount.</summary>
    /// <param name="end">The last day of the hold-out.</param>
    /// <exception cref="EvaluationException">Nobody bought up to the cut, or the hold-out is empty.</exception>
    public static HoldOut At(IEnumerable<Purchase> purchases, DateOnly cut, DateOnly end)
    {
        ArgumentNullException.ThrowIfNull(purchases);
        if (end <= cut) throw new EvaluationException(
            $"the hold-out would end on {end:O}, not after the cut {cut:O}; choose an earlier --cut");
        var customers = new List<Customer>();
        foreach (var group in purchases.GroupBy(purchase => purchase.Customer))
        {
            var days = group.Where(purchase => purchase.Day <= end)
                .GroupBy(purchase => purchase.Day)
                .OrderBy(day => day.Key)
                .Select(day => (Day: day.Key, Amount: day.Sum(purchase => purchase.Amount)))
                .ToList();
            var known = days.Where(day => day.Day <= cut).ToList();
            if (known.Count == 0) continue;
            var later = days.Where(day => day.Day > cut).ToList();
            customers.Add(new Customer(
                PurchaseHistory.Of(known.Select(day => day.Day), cut),
                known[0].Amount,
                known.Count > 1 ? known.Skip(1).Average(day => day.Amount) : 0,
                later.Count,
                later.Sum(day => day.Amount)));
        }

        if (customers.Count == 0) throw new EvaluationException($"no customer bought up to the cut {cut:O}; choose a later --cut");
        return new HoldOut(cut, (end.DayNumber - cut.DayNumber) / DaysPerWeek, customers);
    }
}
