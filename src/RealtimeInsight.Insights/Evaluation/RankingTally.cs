namespace RealtimeInsight.Insights.Evaluation;

/// <summary>Collects the rank of the right item case by case; gives hit rate and mean reciprocal rank.</summary>
public sealed class RankingTally
{
    private static readonly int[] Cutoffs = [5, 10, 20];

    private readonly List<int> _ranks = [];

    public int Count => _ranks.Count;

    /// <summary>Adds one case; <paramref name="rank"/> counts from 1, 0 means not found.</summary>
    public void Add(int rank) => _ranks.Add(rank);

    /// <summary>Share of cases whose item is among the first <paramref name="k"/>.</summary>
    public double HitRate(int k) => _ranks.Count(rank => rank > 0 && rank <= k) / (double)_ranks.Count;

    /// <summary>Mean of 1/rank, counted as 0 beyond <paramref name="k"/>.</summary>
    public double MeanReciprocalRank(int k) => _ranks.Sum(rank => Reciprocal(rank, k)) / _ranks.Count;

    /// <summary>HR and MRR at 5, 10 and 20 with bootstrap intervals over cases.</summary>
    public IReadOnlyList<MetricValue> Metrics(int seed)
    {
        double[] Measure(int[]? weights) =>
        [
            .. Cutoffs.Select(k => Mean(rank => rank > 0 && rank <= k ? 1 : 0, weights)),
            .. Cutoffs.Select(k => Mean(rank => Reciprocal(rank, k), weights)),
        ];

        var values = Measure(weights: null);
        var intervals = Bootstrap.Intervals(Count, seed, Measure);
        string[] names = [.. Cutoffs.Select(k => $"hr_at_{k}"), .. Cutoffs.Select(k => $"mrr_at_{k}")];
        return [.. names.Select((name, i) => new MetricValue(name, values[i], intervals[i].Low, intervals[i].High))];
    }

    /// <summary>Reciprocal ranks at <paramref name="k"/>, case by case, for paired comparisons.</summary>
    public IReadOnlyList<double> Reciprocals(int k) => [.. _ranks.Select(rank => Reciprocal(rank, k))];

    /// <summary>Hits at <paramref name="k"/>, case by case, for paired comparisons.</summary>
    public IReadOnlyList<double> Hits(int k) => [.. _ranks.Select(rank => rank > 0 && rank <= k ? 1.0 : 0.0)];

    private double Mean(Func<int, double> value, int[]? weights)
    {
        double sum = 0, count = 0;
        for (var i = 0; i < _ranks.Count; i++)
        {
            var weight = weights is null ? 1 : weights[i];
            sum += weight * value(_ranks[i]);
            count += weight;
        }

        return sum / count;
    }

    private static double Reciprocal(int rank, int k) => rank > 0 && rank <= k ? 1.0 / rank : 0;
}
