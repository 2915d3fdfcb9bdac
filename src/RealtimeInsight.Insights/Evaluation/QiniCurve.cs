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
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(treated);
        ArgumentNullException.ThrowIfNull(outcomes);
        var order = Enumerable.Range(0, scores.Count).ToArray();
        Array.Sort(scores.Select(score => -score).ToArray(), order);
        return OfOrder(order, treated, outcomes);
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
            values[i] = OfOrder(order, treated, outcomes);
        }

        var mean = values.Average();
        return (mean, Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (rankings - 1)));
    }

    private static double OfOrder(int[] order, IReadOnlyList<bool> treated, IReadOnlyList<double> outcomes)
    {
        double treatedCount = 0, controlCount = 0, treatedSum = 0, controlSum = 0, area = 0, gain = 0;
        foreach (var index in order)
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

        var n = (double)order.Length;
        return (area - (gain * (n + 1) / 2)) / (n * n);
    }
}
