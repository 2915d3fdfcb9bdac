using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Insights.Demand;

/// <summary>Judges weekly forecasts made once, at the end of the known weeks, for all weeks that follow.</summary>
public static class DemandStudy
{
    /// <summary>Weeks that are forecast at most.</summary>
    public const int Horizon = 8;

    private const int SeasonlessLag = 1;

    public static EvaluationReport Run(string format, IReadOnlyList<WeeklySeries> series, string split, int seed, Action<string> progress)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(progress);
        if (series.Count == 0) throw new EvaluationException("no product is sold in the known weeks");
        var weeks = series[0].Later.Length;
        if (series[0].Known.Length < 4 || weeks < 1)
        {
            throw new EvaluationException($"{series[0].Known.Length} known weeks and {weeks} to forecast: at least 4 and 1 are needed");
        }

        progress($"learning from {series.Count} products");
        var ensemble = DemandEnsemble.Fit([.. series.Select(product => product.Past)], weeks, seed);
        var forecasts = series
            .SelectMany(product => product.Later.Select((_, i) => ensemble.Forecast(product.Past, i + 1)))
            .ToList();
        double[] actual = [.. series.SelectMany(product => product.Later)];
        double[] units = [.. forecasts.Select(forecast => forecast.Units)];
        double[] covered = [.. actual.Select((value, i) => value >= forecasts[i].Low && value <= forecasts[i].High ? 1.0 : 0.0)];
        double Coverage(int[]? weights) => weights is null ? covered.Average() : Bootstrap.WeightedMean(covered, weights);
        var baselines = Forecasters.All.Select(method => (method.Name, Predicted: (IReadOnlyList<double>)
            [.. series.SelectMany(product => Enumerable.Repeat(method.Forecast(product.Known), weeks))])).ToList();
        var results = new List<ModelResult>
        {
            RegressionEvaluation.Result(
                ensemble.IsLearned ? "tree_ensemble" : "simple_mean", isBaseline: false, actual, units, seed,
                ("mase", weights => Mase(series, units, weights)), ("coverage_80", Coverage)),
        };
        results.AddRange(baselines.Select(baseline => RegressionEvaluation.Result(
            baseline.Name, isBaseline: true, actual, baseline.Predicted, seed,
            ("mase", weights => Mase(series, baseline.Predicted, weights)))));
        var section = new ReportSection(
            $"units of {series.Count} products in each of {weeks} weeks",
            actual.Length,
            BaseRate: null,
            results,
            RegressionEvaluation.Compare(actual, units, baselines, seed));
        return new EvaluationReport(
            "demand", format, [section]) { Split = split, TrainCases = series.Sum(product => product.Known.Length) };
    }

    /// <summary>
    /// Mean absolute error over that of "as last week" within the known weeks, averaged over products (Hyndman and Koehler, 2006).
    /// </summary>
    /// <param name="weights">How often each week of each product counts; null for once.</param>
    private static double Mase(IReadOnlyList<WeeklySeries> series, IReadOnlyList<double> predicted, int[]? weights)
    {
        double ratios = 0;
        var (products, at) = (0, 0);
        foreach (var product in series)
        {
            double step = 0, error = 0, counted = 0;
            var known = product.Known;
            for (var i = SeasonlessLag; i < known.Length; i++) step += Math.Abs(known[i] - known[i - SeasonlessLag]);
            var scale = step / (known.Length - SeasonlessLag);
            for (var i = 0; i < product.Later.Length; i++, at++)
            {
                var weight = weights?[at] ?? 1;
                error += weight * Math.Abs(product.Later[i] - predicted[at]);
                counted += weight;
            }

            if (scale <= 0 || counted == 0) continue;
            ratios += error / counted / scale;
            products++;
        }

        return products == 0 ? double.NaN : ratios / products;
    }
}
