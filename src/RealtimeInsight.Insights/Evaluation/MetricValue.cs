namespace RealtimeInsight.Insights.Evaluation;

/// <summary>One measured figure.</summary>
/// <param name="Name">In snake_case, as it appears in JSON.</param>
/// <param name="Value">NaN where the figure is not defined on this sample.</param>
/// <param name="Low">Lower end of the 95 % bootstrap interval; null where none was drawn.</param>
/// <param name="High">Upper end of the same interval.</param>
public sealed record MetricValue(string Name, double Value, double? Low = null, double? High = null);
