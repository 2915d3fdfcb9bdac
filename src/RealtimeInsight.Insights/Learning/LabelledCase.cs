namespace RealtimeInsight.Insights.Learning;

/// <summary>One decision: what was known, and what came of it.</summary>
/// <param name="Features">NaN where a value was not known.</param>
/// <param name="Group">Cases of one customer or session share it.</param>
/// <param name="Weight">How much it counts in learning; judging counts every case once.</param>
public sealed record LabelledCase(double[] Features, bool Label, int Group, double Weight = 1);
