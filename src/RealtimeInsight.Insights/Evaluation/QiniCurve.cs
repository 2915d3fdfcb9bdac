namespace RealtimeInsight.Insights.Evaluation;

/// <summary>How well a ranking finds those whom a treatment moves, judged on a randomised experiment.</summary>
public static class QiniCurve
{
    /// <summary>
    /// Area between the curve of incremental outcomes (treated minus re-weighted control, from the highest score down) and the
    /// straight line of a random ranking, per case: 0 for a random order, positive when the moved come first.
    /// </summary>
    public static double Coefficient(IReadOnlyList<double> scores, IReadOnlyList<bool> treated, IReadOnlyList<double> outcomes)
    {
        ArgumentNullException.ThrowIfNull(treated);
        ArgumentNullException.ThrowIfNull(outcomes);
        return OfOrder(Order(scores), treated, outcomes, weights: null);
    }

    /// <summary>95 % bootstrap interval of the coefficient of a ranking that was learned elsewhere.</summary>
    public static (double Low, double High) Interval(
        IReadOnlyList<double> scores, IReadOnlyList<bool> treated, IReadOnlyList<double> outcomes, int seed)
    {
        ArgumentNullException.ThrowIfNull(treated);
        ArgumentNullException.ThrowIfNull(outcomes);
        var order = Order(scores);
        return Bootstrap.Intervals(order.Length, seed, weights => [OfOrder(order, treated, outcomes, weights)])[0];
    }

    /// <summary>Mean and standard deviation of the coefficient over random rankings of the same cases.</summary>
    public static (double Mean, double Deviation) Random(IReadOnlyList<bool> treated, IReadOnlyList<double> outcomes, int rankings,
        int seed)
    {
        ArgumentNullException.ThrowIfNull(treated);
        ArgumentOutOfRangeException.ThrowIfLessThan(rankings, 2);
        var random = new Random(seed);
        var order = Enumerable.Range(0, treated.Count).ToArray();
        var values = new double[rankings];
        for (var i = 0; i < rankings; i++)
        {
            random.Shuffle(order);
            values[i] = OfOrder(order, treated, outcomes, weights: null);
        }

        var mean = values.Average();
        return (mean, Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (rankings - 1)));
    }

    /// <summary>The cases from the highest score down.</summary>
    private static int[] Order(IReadOnlyList<double> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        var order = Enumerable.Range(0, scores.Count).ToArray();
        Array.Sort(scores.Select(score => -score).ToArray(), order);
        return order;
    }

    /// <param name="weights">How often each case stands in the order, one behind the other; null for once.</param>
    private static double OfOrder(int[] order, IReadOnlyList<bool> treated, IReadOnlyList<double> outcomes, int[]? weights)
    {
        double treatedCount = 0, controlCount = 0, treatedSum = 0, controlSum = 0, area = 0, gain = 0;
        foreach (var index in order)
        {
            for (var time = 0; time < (weights?[index] ?? 1); time++)
            {
                if (treated[index])
                {
                    treatedCount++;
                    treatedSum += outcomes[index];
                }
                else
                {
                    controlCount++;
                    controlSum += outcomes[index];
                }

                gain = controlCount == 0 ? 0 : treatedSum - (controlSum * treatedCount / controlCount);
                area += gain;
            }
        }

        var n = (double)order.Length;
        return (area - (gain * (n + 1) / 2)) / (n * n);
    }
}
