using MathNet.Numerics.Statistics;
using RealtimeInsight.Insights.Evaluation;
using RealtimeInsight.Insights.Learning;

namespace RealtimeInsight.Insights.Lifetime;

/// <summary>Active customers as known at a cut, and whether they stayed away for some days after it.</summary>
internal sealed class ChurnCases
{
    private const double DaysPerWeek = 7;
    private const double ProbabilityMin = 1e-6;

    /// <summary>Units of a line that private buyers seldom take.</summary>
    private const double TradeUnits = 12;

    private static readonly int[] Windows = [14, 30, 60, 90, 180];
    private static readonly double[] PurchaseHalfLives = [10, 20, 40, 80];
    private static readonly double[] SpendHalfLives = [20, 60];

    private readonly List<List<ChurnStudy.Line>> _customers;
    private readonly DateOnly _first;
    private readonly Dictionary<(DateOnly Cut, int Days), LabelledCase[]> _cases = [];
    private readonly Dictionary<DateOnly, BetaGeometricModel?> _models = [];
    private readonly Dictionary<DateOnly, (int Product, double Weight)[][]> _baskets = [];
    private readonly Dictionary<string, int> _products = new(StringComparer.Ordinal);

    public ChurnCases(IEnumerable<ChurnStudy.Line> lines)
    {
        _customers = [.. lines.GroupBy(line => line.Customer).Select(group => group.OrderBy(line => line.Day).ToList())];
        _first = _customers.Min(customer => customer[0].Day);
        foreach (var line in _customers.SelectMany(customer => customer)) _products.TryAdd(line.Product, _products.Count);
    }

    /// <summary>Column of the days since the last purchase.</summary>
    public static int RecencyColumn => 0;

    /// <summary>Customers with a purchase in the <see cref="ChurnStudy.ActiveDays"/> before the cut, in a fixed order; positive: no
    /// purchase in the <paramref name="days"/> after it.</summary>
    public LabelledCase[] At(DateOnly cut, int days)
    {
        if (_cases.TryGetValue((cut, days), out var cases)) return cases;
        var active = Active(cut)
            .Select(customer => new Customer(
                customer.Known,
                customer.Bought,
                PurchaseHistory.Of(customer.Bought.Select(line => line.Day), cut),
                customer.Lines.Any(line => !line.IsCancellation && line.Day > cut && line.Day <= cut.AddDays(days))))
            .ToList();

        // Only what was known on the day of the cut enters the fit.
        if (!_models.TryGetValue(cut, out var model))
        {
            model = TryFit(active);
            _models.Add(cut, model);
        }

        cases =
        [
            .. active.Select(customer => new LabelledCase(
                [.. Plain(customer, cut), .. Lifetime(model, customer.History, days), .. Recent(customer, cut), .. Sizes(customer)],
                !customer.Returned,
                customer.Known[0].Customer)),
        ];
        _cases.Add((cut, days), cases);
        return cases;
    }

    /// <summary>What each of the active customers bought up to the cut, in the order of <see cref="At"/>.</summary>
    public (int Product, double Weight)[][] BasketsAt(DateOnly cut)
    {
        if (_baskets.TryGetValue(cut, out var baskets)) return baskets;
        baskets = [.. Active(cut).Select(customer => ProductSpace.Basket(customer.Bought.Select(line => _products[line.Product])))];
        _baskets.Add(cut, baskets);
        return baskets;
    }

    private IEnumerable<(List<ChurnStudy.Line> Lines, List<ChurnStudy.Line> Known, List<ChurnStudy.Line> Bought)> Active(DateOnly cut)
    {
        foreach (var lines in _customers)
        {
            var known = lines.Where(line => line.Day <= cut).ToList();
            var bought = known.Where(line => !line.IsCancellation).ToList();
            if (bought.Count == 0 || cut.DayNumber - bought[^1].Day.DayNumber >= ChurnStudy.ActiveDays) continue;
            yield return (lines, known, bought);
        }
    }

    /// <summary>Null where the customers are too few or too alike for a purchase model: its columns are missing then.</summary>
    private static BetaGeometricModel? TryFit(List<Customer> active)
    {
        if (!active.Any(customer => customer.History.Repeats > 0)) return null;
        try
        {
            return BetaGeometricModel.Fit([.. active.Select(customer => customer.History)], isModified: true);
        }
        catch (EvaluationException)
        {
            // The likelihood has no maximum.
            return null;
        }
    }

    private double[] Plain(Customer customer, DateOnly cut)
    {
        var (known, bought) = (customer.Known, customer.Bought);
        var days = bought.Select(line => line.Day.DayNumber).Distinct().ToList();
        var recency = cut.DayNumber - days[^1];
        var tenure = cut.DayNumber - days[0];
        var gaps = days.Zip(days.Skip(1), (a, b) => (double)(b - a)).ToList();
        var gap = gaps.Count > 0 ? gaps.Average() : double.NaN;
        var spread = gaps.Count > 1 ? Math.Sqrt(gaps.Average(value => (value - gap) * (value - gap))) : double.NaN;
        var spend = bought.Sum(line => line.Amount);
        var observed = Math.Max(1, cut.DayNumber - _first.DayNumber);
        var features = new List<double>
        {
            recency, days.Count, spend, tenure, bought.Select(line => line.Invoice).Distinct().Count(), spend / days.Count, gap, spread,
            recency / (gap + 1),
            tenure == 0 ? 1 : recency / (double)tenure,
            days.Count / (tenure + 30.0) * 30,
            known.Count(line => line.IsCancellation),
            bought.Count / (double)days.Count,
            tenure / (double)observed,
            gaps.Count > 0 ? gaps[^1] : double.NaN,
        };
        foreach (var window in Windows)
        {
            var from = cut.AddDays(-window);
            var recent = bought.Where(line => line.Day > from).ToList();
            features.Add(recent.Select(line => line.Day).Distinct().Count());
            features.Add(recent.Sum(line => line.Amount));
        }

        return [.. features];
    }

    /// <summary>What MBG/NBD says; it knows how long a customer could have been seen, which the plain counts do not.</summary>
    private static double[] Lifetime(BetaGeometricModel? model, PurchaseHistory history, int days)
    {
        if (model is null) return [double.NaN, double.NaN, double.NaN];
        var weeks = days / DaysPerWeek;
        return
        [
            LogOdds(model.ProbabilityOfNoPurchase(history, weeks)),
            LogOdds(model.ProbabilityAlive(history)),
            model.ExpectedPurchases(history, weeks),
        ];
    }

    private static double[] Recent(Customer customer, DateOnly cut)
    {
        var bought = customer.Bought;
        var last = bought.Where(line => line.Day == bought[^1].Day).ToList();
        var spend = bought.Sum(line => line.Amount);
        var days = bought.Select(line => line.Day).Distinct().ToList();
        var products = bought.Select(line => line.Product).Distinct().Count();
        return
        [
            .. PurchaseHalfLives.Select(halfLife => days.Sum(day => Faded(cut, day, halfLife))),
            .. SpendHalfLives.Select(halfLife => bought.Sum(line => line.Amount * Faded(cut, line.Day, halfLife))),
            products,
            1 - (products / (double)bought.Count),
            last.Sum(line => line.Amount),
            last.Count,
            last.Sum(line => line.Units) / last.Count,
            spend / Math.Max(1, bought.Sum(line => line.Units)),
            -customer.Known.Where(line => line.IsCancellation).Sum(line => line.Amount) / Math.Max(1, spend),
        ];
    }

    /// <summary>How dear and how large what was bought is: a trade buyer comes back otherwise than a private one.</summary>
    private static double[] Sizes(Customer customer)
    {
        var bought = customer.Bought;
        return
        [
            bought.Select(line => line.Amount / line.Units).Median(),
            bought.Max(line => line.Units),
            bought.Select(line => line.Units).Median(),
            bought.Count(line => line.Units >= TradeUnits) / (double)bought.Count,
            bought.GroupBy(line => line.Day).Max(day => day.Sum(line => line.Amount)),
        ];
    }

    private static double Faded(DateOnly cut, DateOnly day, double halfLife) =>
        Math.Pow(0.5, (cut.DayNumber - day.DayNumber) / halfLife);

    private static double LogOdds(double probability)
    {
        var bounded = Math.Clamp(probability, ProbabilityMin, 1 - ProbabilityMin);
        return Math.Log(bounded / (1 - bounded));
    }

    private sealed record Customer(
        List<ChurnStudy.Line> Known, List<ChurnStudy.Line> Bought, PurchaseHistory History, bool Returned);
}
