namespace RealtimeInsight.Insights.OffPolicy;

/// <summary>Values a uniform random policy from the log of another one.</summary>
public sealed class OffPolicyEstimator
{
    /// <summary>Cases that the shrunken reward of an action is worth beside its own.</summary>
    private const double PriorCases = 200;

    private readonly double[] _weights;
    private readonly double[] _rewards;
    private readonly double[] _residuals;
    private readonly double[] _direct;

    /// <param name="actions">Number of actions that the uniform policy chooses from.</param>
    /// <param name="seed">Splits the log in two: the reward of each case is modelled from the other half.</param>
    public OffPolicyEstimator(IReadOnlyList<LoggedAction> log, int actions, int seed)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentOutOfRangeException.ThrowIfLessThan(log.Count, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(actions, 1);
        foreach (var logged in log)
        {
            if (logged.Propensity is > 0 and <= 1) continue;
            throw new ArgumentException($"propensity {logged.Propensity} of a logged action: it has to be in (0, 1]");
        }

        _weights = [.. log.Select(logged => 1 / (actions * logged.Propensity))];
        _rewards = [.. log.Select(static logged => logged.Reward)];
        (_residuals, _direct) = ModelRewards(log, seed);
    }

    /// <summary>The estimates on the log, or on a bootstrap draw of it.</summary>
    public PolicyValue Estimate(int[]? draws = null) =>
        PolicyValue.Of(_weights, _rewards, _residuals, _direct, draws is null ? null : i => draws[i]);

    private static (double[] Residuals, double[] Direct) ModelRewards(IReadOnlyList<LoggedAction> log, int seed)
    {
        var random = new Random(seed);
        var half = log.Select(_ => random.Next(2)).ToArray();
        var residuals = new double[log.Count];
        var direct = new double[log.Count];
        var known = log.Select(logged => logged.Action).Distinct().ToList();
        for (var fold = 0; fold < 2; fold++)
        {
            var model = RewardModel.Fit(log.Where((_, i) => half[i] != fold), PriorCases);
            for (var i = 0; i < log.Count; i++)
            {
                if (half[i] != fold) continue;
                residuals[i] = log[i].Reward - model.Predict(log[i].Action, log[i].Position);
                direct[i] = known.Average(action => model.Predict(action, log[i].Position));
            }
        }

        return (residuals, direct);
    }
}
