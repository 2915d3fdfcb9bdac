namespace RealtimeInsight.Insights.Uplift;

/// <summary>One person of a randomised experiment.</summary>
/// <param name="Features">What was known before the treatment.</param>
/// <param name="Arm">Name of the arm that chance assigned.</param>
public sealed record ExperimentCase(double[] Features, string Arm, bool Visit, bool Conversion, double Spend);
