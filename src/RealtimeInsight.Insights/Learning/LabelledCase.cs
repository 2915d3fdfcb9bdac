namespace RealtimeInsight.Insights.Learning;

/// <summary>One decision: what was known, and what came of it.</summary>
/// <param name="Features">NaN where a value was not known.</param>
/// <param name="Group">Cases of one customer or session share it.</param>
public sealed record LabelledCase(double[] Features, bool Label, int Group);
