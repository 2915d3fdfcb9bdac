namespace RealtimeInsight.Insights.OffPolicy;

/// <summary>Estimates of the mean reward that another policy would have earned.</summary>
/// <param name="Ips">Inverse propensity scoring: unbiased, wide.</param>
/// <param name="Snips">The same, normalised by the weights.</param>
/// <param name="DoublyRobust">A reward model corrected by weighted residuals.</param>
/// <param name="DirectMethod">The reward model alone.</param>
/// <param name="EffectiveSampleSize">(sum w)^2 / sum w^2: how many unweighted cases the log is worth.</param>
/// <param name="EffectiveRewards">The same over rewarded cases only: what the estimate really rests on.</param>
/// <param name="WeightMax">Largest importance weight.</param>
public readonly record struct PolicyValue(
    double Ips,
    double Snips,
    double DoublyRobust,
    double DirectMethod,
    double EffectiveSampleSize,
    double EffectiveRewards,
    double WeightMax);
