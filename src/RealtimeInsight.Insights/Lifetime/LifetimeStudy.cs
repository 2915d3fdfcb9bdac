using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Insights.Lifetime;

/// <summary>Evaluates purchases, spend and churn of every customer after a cut, with models fitted on what was known before it.</summary>
public static class LifetimeStudy
{
    private const double ChurnThreshold = 0.5;

    /// <summary>Expected purchases and spend in the hold-out, and who does not come back.</summary>
    public static EvaluationReport Lifetime(string format, IReadOnlyList<Purchase> train, IReadOnlyList<Purchase> test, DateOnly? cut,
        int seed)
    {
        var (known, calibration, holdOut, split) = Split(train, test, cut);
        var models = Models.Fit(known, calibration);
        return new EvaluationReport("clv", format,
            [Purchases(models, holdOut, seed), Spend(models, calibration, holdOut, seed), Churn(models, holdOut, seed)])
        {
            Split = split,
            TrainCases = calibration.Customers.Count,
        };
    }

    /// <summary>Who does not come back within the hold-out.</summary>
    public static EvaluationReport Churn(string format, IReadOnlyList<Purchase> train, IReadOnlyList<Purchase> test, DateOnly? cut,
        int seed)
    {
        var (known, calibration, holdOut, split) = Split(train, test, cut);
        return new EvaluationReport("churn", format, [Churn(Models.Fit(known, calibration), holdOut, seed)])
        {
            Split = split,
            TrainCases = calibration.Customers.Count,
        };
    }

    /// <summary>
    /// Later test data: the cut is the last training day and outcomes come from the test. Otherwise the cut halves the time that
    /// the training data spans; the model sees training purchases up to it, and test customers are judged after it.
    /// </summary>
    private static (IReadOnlyList<Purchase> Known, HoldOut Calibration, HoldOut Test, string Split) Split(
        IReadOnlyList<Purchase> train, IReadOnlyList<Purchase> test, DateOnly? cut)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        if (train.Count == 0 || test.Count == 0) throw new EvaluationException("there is no purchase in the data");
        var (first, last) = (train.Min(purchase => purchase.Day), train.Max(purchase => purchase.Day));
        var isLater = test.Min(purchase => purchase.Day) > last;
        var at = cut ?? (isLater ? last : DateOnly.FromDayNumber((first.DayNumber + last.DayNumber) / 2));
        var end = test.Max(purchase => purchase.Day);
        var judged = isLater ? [.. train, .. test] : test;
        var holdOut = HoldOut.At(judged, at, end);
        Purchase[] known = [.. train.Where(purchase => purchase.Day <= at)];
        var calibration = HoldOut.At(known, at, at.AddDays(1));
        return (known, calibration, holdOut, $"calibrated on purchases up to {at:O}, judged on {at.AddDays(1):O} to {end:O}");
    }

    private static ReportSection Purchases(Models models, HoldOut holdOut, int seed)
    {
        var customers = holdOut.Customers;
        var weeks = holdOut.Weeks;
        double[] actual = [.. customers.Select(customer => customer.LaterPurchases)];
        double[] model = [.. customers.Select(customer => models.Pareto.ExpectedPurchases(customer.History, weeks))];
        var baselines = new List<(string Name, IReadOnlyList<double> Predicted)>
        {
            ("mbg_nbd", [.. customers.Select(customer => models.Modified.ExpectedPurchases(customer.History, weeks))]),
            ("bg_nbd", [.. customers.Select(customer => models.Plain.ExpectedPurchases(customer.History, weeks))]),
            ("own_rate_continues", [.. customers.Select(customer => OwnRate(customer.History, weeks))]),
            ("same_for_all", [.. customers.Select(_ => model.Average())]),
        };
        var results = new List<ModelResult> { RegressionEvaluation.Result(models.Pareto.Name, isBaseline: false, actual, model, seed) };
        results.AddRange(baselines.Select(baseline =>
            RegressionEvaluation.Result(baseline.Name, isBaseline: true, actual, baseline.Predicted, seed)));
        return new ReportSection(
            $"purchases in the {weeks:0.0} weeks after {holdOut.Cut:O}",
            actual.Length,
            BaseRate: null,
            results,
            RegressionEvaluation.Compare(actual, model, baselines, seed))
        {
            Facts = [.. Facts(models.Plain), .. Facts(models.Modified), .. Facts(models.Pareto)],
        };
    }

    private static ReportSection Spend(Models models, HoldOut calibration, HoldOut holdOut, int seed)
    {
        var spend = SpendModel.Fit([.. calibration.Customers.Select(customer => (customer.History.Repeats, customer.RepeatSpendMean))]);
        var typical = calibration.Customers.Average(customer => customer.FirstSpend);
        var customers = holdOut.Customers;
        double Expected(HoldOut.Customer customer, double purchases) =>
            purchases * spend.Expected(customer.History.Repeats, customer.RepeatSpendMean);
        double[] actual = [.. customers.Select(customer => customer.LaterSpend)];
        double[] predicted = [.. customers.Select(customer =>
            Expected(customer, models.Pareto.ExpectedPurchases(customer.History, holdOut.Weeks)))];
        var baselines = new List<(string Name, IReadOnlyList<double> Predicted)>
        {
            ("bg_nbd_gamma_gamma",
                [.. customers.Select(customer => Expected(customer, models.Plain.ExpectedPurchases(customer.History, holdOut.Weeks)))]),
            ("own_rate_typical_spend", [.. customers.Select(customer => OwnRate(customer.History, holdOut.Weeks) * typical)]),
            ("same_for_all", [.. customers.Select(_ => predicted.Average())]),
        };
        var results = new List<ModelResult>
        {
            RegressionEvaluation.Result(models.Pareto.Name + "_gamma_gamma", isBaseline: false, actual, predicted, seed),
        };
        results.AddRange(baselines.Select(baseline =>
            RegressionEvaluation.Result(baseline.Name, isBaseline: true, actual, baseline.Predicted, seed)));
        return new ReportSection(
            $"spend in the {holdOut.Weeks:0.0} weeks after {holdOut.Cut:O}",
            actual.Length,
            BaseRate: null,
            results,
            RegressionEvaluation.Compare(actual, predicted, baselines, seed));
    }

    private static ReportSection Churn(Models models, HoldOut holdOut, int seed)
    {
        bool[] churned = [.. holdOut.Customers.Select(customer => customer.LaterPurchases == 0)];
        BinaryEvaluation.Method Scored(string name, Func<HoldOut.Customer, double> churn) =>
            new(name, [.. holdOut.Customers.Select(churn)], ChurnThreshold);
        return BinaryEvaluation.Section(
            $"all customers: no purchase in the {holdOut.Weeks:0.0} weeks after {holdOut.Cut:O}",
            churned,
            Scored(models.ChurnName, customer => models.Silence.Probability(customer, holdOut.Weeks)),
            [
                Scored("mbg_nbd", customer => models.Modified.ProbabilityOfNoPurchase(customer.History, holdOut.Weeks)),
                Scored("bg_nbd_alive", customer => 1 - models.Plain.ProbabilityAlive(customer.History)),
                Scored("recency", customer => SilentShare(customer.History)),
                Scored("frequency", customer => 1.0 / (1 + customer.History.Repeats)),
            ],
            seed) with
        {
            Notes = ["bg_nbd_alive is 0 for every one-time buyer, so it ranks them as the safest: never use it as a churn score"],
        };
    }

    private static double SilentShare(PurchaseHistory history) => (history.AgeWeeks - history.LastWeek) / (history.AgeWeeks + 1);

    private static double OwnRate(PurchaseHistory history, double weeks) =>
        history.AgeWeeks <= 0 ? 0 : history.Repeats / history.AgeWeeks * weeks;

    private static IEnumerable<MetricValue> Facts(IPurchaseModel model)
    {
        yield return new MetricValue(model.Name + "_r", model.Parameters.R);
        yield return new MetricValue(model.Name + "_alpha", model.Parameters.Alpha);
        yield return new MetricValue(model.Name + "_a", model.Parameters.A);
        yield return new MetricValue(model.Name + "_b", model.Parameters.B);
        yield return new MetricValue(model.Name + "_log_likelihood", model.LogLikelihood);
    }

    private sealed record Models(BetaGeometricModel Plain, BetaGeometricModel Modified, ParetoModel Pareto, SilenceModel Silence)
    {
        public string ChurnName => Silence.IsCorrected ? "mbg_nbd_corrected" : "mbg_nbd_uncorrected";

        public static Models Fit(IReadOnlyList<Purchase> known, HoldOut calibration)
        {
            PurchaseHistory[] histories = [.. calibration.Customers.Select(customer => customer.History)];
            if (!histories.Any(history => history.Repeats > 0))
            {
                throw new EvaluationException($"no customer bought twice up to the cut {calibration.Cut:O}; choose a later --cut");
            }

            var modified = BetaGeometricModel.Fit(histories, isModified: true);
            return new Models(
                BetaGeometricModel.Fit(histories, isModified: false),
                modified,
                ParetoModel.Fit(histories),
                SilenceModel.Fit(modified, known, calibration.Cut));
        }
    }
}
