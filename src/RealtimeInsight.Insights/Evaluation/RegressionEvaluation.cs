namespace RealtimeInsight.Insights.Evaluation;

/// <summary>Figures of a numeric prediction.</summary>
public static class RegressionEvaluation
{
    /// <summary>Fewest cases on which a comparison may be claimed.</summary>
    public const int CasesMin = 100;

    private static readonly string[] Names = ["mae", "rmse", "wape", "bias", "correlation"];

    /// <summary>Mean absolute error, root mean square error, WAPE, mean error and correlation, with bootstrap intervals.</summary>
    /// <param name="further">
    /// Figures of the task beside these: name, and value given how often each case counts (once where that is null).
    /// </param>
    public static ModelResult Result(
        string name, bool isBaseline, IReadOnlyList<double> actual, IReadOnlyList<double> predicted, int seed,
        params (string Name, Func<int[]?, double> Measure)[] further)
    {
        double[] All(int[]? weights) =>
            [.. Measure(actual, predicted, weights), .. further.Select(metric => metric.Measure(weights))];
        var values = All(weights: null);
        var intervals = Bootstrap.Intervals(actual.Count, seed, All);
        var metrics = Names.Concat(further.Select(static metric => metric.Name))
            .Select((metric, i) => new MetricValue(metric, values[i], intervals[i].Low, intervals[i].High));
        return new ModelResult(name, isBaseline, [.. metrics]);
    }

    /// <summary>The figures in the order mae, rmse, wape, bias, correlation.</summary>
    public static double[] Measure(IReadOnlyList<double> actual, IReadOnlyList<double> predicted, int[]? weights)
    {
        ArgumentNullException.ThrowIfNull(actual);
        ArgumentNullException.ThrowIfNull(predicted);
        double count = 0, absolute = 0, squared = 0, total = 0, bias = 0;
        double sumA = 0, sumP = 0, sumAa = 0, sumPp = 0, sumAp = 0;
        for (var i = 0; i < actual.Count; i++)
        {
            double weight = weights is null ? 1 : weights[i];
            var (a, p) = (actual[i], predicted[i]);
            count += weight;
            absolute += weight * Math.Abs(a - p);
            squared += weight * (a - p) * (a - p);
            total += weight * Math.Abs(a);
            bias += weight * (p - a);
            sumA += weight * a;
            sumP += weight * p;
            sumAa += weight * a * a;
            sumPp += weight * p * p;
            sumAp += weight * a * p;
        }

        var covariance = (sumAp / count) - (sumA / count * (sumP / count));
        var spread = Math.Sqrt(((sumAa / count) - Math.Pow(sumA / count, 2)) * ((sumPp / count) - Math.Pow(sumP / count, 2)));
        return [absolute / count, Math.Sqrt(squared / count), absolute / total, bias / count, spread > 1e-12 ? covariance / spread
            : double.NaN];
    }

    /// <summary>Whether the model's absolute errors are smaller than the best baseline's, by a paired bootstrap.</summary>
    public static Claim Compare(
        IReadOnlyList<double> actual, IReadOnlyList<double> model,
            IReadOnlyList<(string Name, IReadOnlyList<double> Predicted)> baselines, int seed)
    {
        ArgumentNullException.ThrowIfNull(actual);
        ArgumentNullException.ThrowIfNull(baselines);
        if (actual.Count < CasesMin)
        {
            return Claim.Refused($"n is too small to claim anything: {actual.Count} cases, at least {CasesMin} are needed");
        }

        var (best, predicted) = baselines.MinBy(baseline => Measure(actual, baseline.Predicted, weights: null)[0]);
        var gains = actual.Select((value, i) => Math.Abs(value - predicted[i]) - Math.Abs(value - model[i])).ToArray();
        var (low, high) = Bootstrap.OfMean(gains, seed);
        var figures = $"mean absolute error {-gains.Average():+0.0000;-0.0000} against {best} "
            + $"(95 % interval {-high:+0.0000;-0.0000} to {-low:+0.0000;-0.0000})";
        return low > 0
            ? Claim.Made($"closer than every baseline: {figures}")
            : Claim.Refused($"not shown to be closer than every baseline: {figures}");
    }
}
