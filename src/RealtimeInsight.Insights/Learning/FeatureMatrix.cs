namespace RealtimeInsight.Insights.Learning;

/// <summary>Named numeric features, one row a case. NaN means that a value is not known.</summary>
public sealed record FeatureMatrix(IReadOnlyList<string> Names, IReadOnlyList<double[]> Rows)
{
    public int Count => Rows.Count;

    /// <summary>The given rows, in the given order; rows are shared, not copied.</summary>
    public FeatureMatrix Take(IEnumerable<int> rows) => this with { Rows = [.. rows.Select(row => Rows[row])] };
}
