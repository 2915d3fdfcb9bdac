namespace RealtimeInsight.Insights.Evaluation;

/// <summary>95 % percentile intervals from resampled cases. The same seed gives the same intervals.</summary>
public static class Bootstrap
{
    public const int RoundsDefault = 300;

    private const double Tail = 0.025;

    /// <summary>Intervals of several statistics of the same draws.</summary>
    /// <param name="cases">Number of cases to draw from, with replacement.</param>
    /// <param name="statistic">The figures, given how often each case was drawn; the array is only lent.</param>
    public static IReadOnlyList<(double Low, double High)> Intervals(
        int cases, int seed, Func<int[], double[]> statistic, int rounds = RoundsDefault)
    {
        ArgumentNullException.ThrowIfNull(statistic);
        ArgumentOutOfRangeException.ThrowIfLessThan(cases, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 2);
        var random = new Random(seed);
        var weights = new int[cases];
        var draws = new List<double[]>(rounds);
        for (var round = 0; round < rounds; round++)
        {
            Array.Clear(weights);
            for (var i = 0; i < cases; i++) weights[random.Next(cases)]++;
            draws.Add(statistic(weights));
        }

        return [.. Enumerable.Range(0, draws[0].Length).Select(index => Interval([.. draws.Select(draw => draw[index])]))];
    }

    /// <summary>Interval of a mean over cases.</summary>
    public static (double Low, double High) OfMean(IReadOnlyList<double> values, int seed, int rounds = RoundsDefault)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Intervals(values.Count, seed, weights => [WeightedMean(values, weights)], rounds)[0];
    }

    public static double WeightedMean(IReadOnlyList<double> values, int[] weights)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(weights);
        double sum = 0, count = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i] * values[i];
            count += weights[i];
        }

        return sum / count;
    }

    private static (double Low, double High) Interval(double[] values)
    {
        var kept = values.Where(double.IsFinite).Order().ToArray();
        return kept.Length == 0 ? (double.NaN, double.NaN) : (Quantile(kept, Tail), Quantile(kept, 1 - Tail));
    }

    private static double Quantile(double[] sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }
}
