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
        var coverage = actual.Where((value, i) => value >= forecasts[i].Low && value <= forecasts[i].High).Count() / (double)actual.Length;
        var baselines = Forecasters.All.Select(method => (method.Name, Predicted: (IReadOnlyList<double>)
            [.. series.SelectMany(product => Enumerable.Repeat(method.Forecast(product.Known), weeks))])).ToList();
        var results = new List<ModelResult>
        {
            RegressionEvaluation.Result(
                ensemble.IsLearned ? "tree_ensemble" : "simple_mean", isBaseline: false, actual, units, seed,
                new MetricValue("mase", Mase(series, units)), new MetricValue("coverage_80", coverage)),
        };
        results.AddRange(baselines.Select(baseline => RegressionEvaluation.Result(
            baseline.Name, isBaseline: true, actual, baseline.Predicted, seed, new MetricValue("mase", Mase(series, baseline.Predicted)))));
        var section = new ReportSection(
            $"units of {series.Count} products in each of {weeks} weeks",
            actual.Length,
            BaseRate: null,
            results,
            RegressionEvaluation.Compare(actual, units, baselines, seed));
        return new EvaluationReport(
            "demand", format, [section]) { Split = split, TrainCases = series.Sum(product => product.Known.Length) };
    }

    /// <summary>Mean absolute error over that of "as last week" within the known weeks, averaged over products.</summary>
    private static double Mase(IReadOnlyList<WeeklySeries> series, IReadOnlyList<double> predicted)
    {
        var (ratios, at) = (new List<double>(), 0);
        foreach (var product in series)
        {
            var scale = Enumerable.Range(SeasonlessLag, product.Known.Length - SeasonlessLag)
                .Average(i => Math.Abs(product.Known[i] - product.Known[i - SeasonlessLag]));
            var error = product.Later.Select((value, i) => Math.Abs(value - predicted[at + i])).Average();
            at += product.Later.Length;
            if (scale > 0) ratios.Add(error / scale);
        }

        return ratios.Count == 0 ? double.NaN : ratios.Average();
    }
}
