using RealtimeInsight.Insights.Learning;

namespace RealtimeInsight.Insights.Lifetime;

/// <summary>
/// Probability that a customer stays away for a while: MBG/NBD corrected by what it leaves out, the share of silence and the spend.
/// The correction is learned inside the calibration period, by standing at earlier days and looking at what followed up to its end.
/// </summary>
public sealed class SilenceModel
{
    /// <summary>Earlier days to learn from, as shares of the calibration period.</summary>
    private static readonly double[] InnerCuts = [0.5, 0.67];

    /// <summary>Fewest customers who came back (and who did not) from whom a correction is learned.</summary>
    private const int OutcomesMin = 100;

    private const double Ridge = 10;
    private const double ProbabilityMin = 1e-6;

    private readonly BetaGeometricModel _base;
    private readonly LogisticRegression? _correction;

    private SilenceModel(BetaGeometricModel model, LogisticRegression? correction)
    {
        _base = model;
        _correction = correction;
    }

    /// <summary>False where the calibration period holds too few outcomes: the base model is used as it is.</summary>
    public bool IsCorrected => _correction is not null;

    /// <param name="known">Purchases up to the end of the calibration period.</param>
    public static SilenceModel Fit(BetaGeometricModel model, IReadOnlyList<Purchase> known, DateOnly end)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(known);
        var first = known.Min(purchase => purchase.Day);
        var cases = InnerCuts
            .Select(share => first.AddDays((int)(share * (end.DayNumber - first.DayNumber))))
            .Where(cut => cut < end)
            .Select(cut => HoldOut.At(known, cut, end))
            .SelectMany(inner => inner.Customers.Select(customer => (Customer: customer, inner.Weeks)))
            .ToList();
        var returned = cases.Count(pair => pair.Customer.LaterPurchases > 0);
        if (Math.Min(returned, cases.Count - returned) < OutcomesMin) return new SilenceModel(model, correction: null);
        return new SilenceModel(model, LogisticRegression.Fit(
            [.. cases.Select(pair => Features(model, pair.Customer, pair.Weeks))],
            [.. cases.Select(pair => pair.Customer.LaterPurchases == 0)],
            Ridge));
    }

    /// <summary>Probability of no purchase in the next <paramref name="weeks"/> weeks.</summary>
    public double Probability(HoldOut.Customer customer, double weeks)
    {
        ArgumentNullException.ThrowIfNull(customer);
        return _correction is null
            ? _base.ProbabilityOfNoPurchase(customer.History, weeks)
            : _correction.Predict(Features(_base, customer, weeks));
    }

    private static double[] Features(BetaGeometricModel model, HoldOut.Customer customer, double weeks)
    {
        var history = customer.History;
        var silent = Math.Clamp(model.ProbabilityOfNoPurchase(history, weeks), ProbabilityMin, 1 - ProbabilityMin);
        var spend = (customer.FirstSpend + (history.Repeats * customer.RepeatSpendMean)) / (1 + history.Repeats);
        var silentShare = history.AgeWeeks <= 0 ? 0 : (history.AgeWeeks - history.LastWeek) / history.AgeWeeks;
        return [Math.Log(silent / (1 - silent)), Math.Log(1 + Math.Max(spend, 0)), silentShare, Math.Log(1 + history.Repeats)];
    }
}
