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
    double WeightMax)
{
    /// <summary>The estimates from importance weights, by case: wanted probability over the one it was logged with.</summary>
    /// <param name="residuals">Reward less the modelled one of what was done.</param>
    /// <param name="direct">Modelled reward of what the other policy would do.</param>
    /// <param name="draws">How often each case counts; null: once.</param>
    internal static PolicyValue Of(double[] weights, double[] rewards, double[] residuals, double[] direct, Func<int, int>? draws)
    {
        double n = 0, sum = 0, squares = 0, weighted = 0, robust = 0, modelled = 0, rewardedSquares = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            double count = draws?.Invoke(i) ?? 1;
            var weight = weights[i];
            n += count;
            sum += count * weight;
            squares += count * weight * weight;
            weighted += count * weight * rewards[i];
            rewardedSquares += count * weight * weight * rewards[i];
            modelled += count * direct[i];
            robust += count * (direct[i] + (weight * residuals[i]));
        }

        return new PolicyValue(
            weighted / n,
            weighted / sum,
            robust / n,
            modelled / n,
            squares > 0 ? sum * sum / squares : 0,
            rewardedSquares > 0 ? weighted * weighted / rewardedSquares : 0,
            weights.Max());
    }
}
