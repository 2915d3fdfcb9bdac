namespace RealtimeInsight.Insights.Evaluation;

/// <summary>What one method reached on the test cases: the model under evaluation or a baseline beside it.</summary>
public sealed record ModelResult(string Name, bool IsBaseline, IReadOnlyList<MetricValue> Metrics)
{
    /// <summary>The value of one metric.</summary>
    /// <exception cref="KeyNotFoundException">This result has no such metric.</exception>
    public double this[string metric] =>
        Metrics.FirstOrDefault(known => known.Name == metric)?.Value
        ?? throw new KeyNotFoundException(
            $"{Name} has no metric {metric}; it has {string.Join(", ", Metrics.Select(known => known.Name))}");
}
