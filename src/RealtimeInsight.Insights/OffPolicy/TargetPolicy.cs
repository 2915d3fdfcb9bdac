namespace RealtimeInsight.Insights.OffPolicy;

/// <summary>Another way to choose: the probability of each variant for each case.</summary>
internal sealed record TargetPolicy(string Name, Func<DrawnDecision, double[]> Probabilities);
