namespace RealtimeInsight.Insights.Evaluation;

/// <summary>One table of a report: the same cases, the model and its baselines.</summary>
/// <param name="Name">What was predicted, for whom and when.</param>
/// <param name="Cases">Number of test cases, n.</param>
/// <param name="BaseRate">Share of positive cases; null where the target is not yes or no.</param>
/// <param name="Results">The model under evaluation first.</param>
public sealed record ReportSection(string Name, int Cases, double? BaseRate, IReadOnlyList<ModelResult> Results, Claim Claim)
{
    /// <summary>Remarks about how the figures came about.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Figures about the data or the fitted model, by snake_case name.</summary>
    public IReadOnlyList<MetricValue> Facts { get; init; } = [];

    /// <summary>The model under evaluation.</summary>
    public ModelResult Model => Results.First(result => !result.IsBaseline);
}
