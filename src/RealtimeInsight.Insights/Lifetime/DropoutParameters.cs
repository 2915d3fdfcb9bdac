namespace RealtimeInsight.Insights.Lifetime;

/// <summary>Gamma(r, alpha) purchase rates and Beta(a, b) dropout probabilities across customers.</summary>
public readonly record struct DropoutParameters(double R, double Alpha, double A, double B);
