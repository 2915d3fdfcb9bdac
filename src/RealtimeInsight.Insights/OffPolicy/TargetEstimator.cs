namespace RealtimeInsight.Insights.OffPolicy;

/// <summary>Values another way to choose from drawn decisions.</summary>
internal sealed class TargetEstimator
{
    private readonly double[] _weights;
    private readonly double[] _rewards;
    private readonly double[] _residuals;
    private readonly double[] _direct;

    /// <param name="rewards">Learned from other decisions than these.</param>
    public TargetEstimator(IReadOnlyList<DrawnDecision> decisions, TargetPolicy target, VariantRewards rewards)
    {
        var count = decisions.Count;
        (_weights, _rewards, _residuals, _direct) = (new double[count], new double[count], new double[count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            var decision = decisions[i];
            var wanted = target.Probabilities(decision);
            var expected = rewards.Predict(decision.Context);
            _weights[i] = wanted[decision.Chosen] / decision.Propensity;
            _rewards[i] = decision.IsRewarded ? 1 : 0;
            _residuals[i] = _rewards[i] - expected[decision.Chosen];
            for (var variant = 0; variant < expected.Length; variant++) _direct[i] += wanted[variant] * expected[variant];
        }
    }

    /// <summary>Mean of the weights, which is 1 up to chance where the logged probabilities are those that chose.</summary>
    public double WeightMean => _weights.Average();

    /// <summary>Standard error of <see cref="WeightMean"/>.</summary>
    public double WeightError
    {
        get
        {
            var mean = WeightMean;
            return Math.Sqrt(_weights.Sum(weight => (weight - mean) * (weight - mean))) / _weights.Length;
        }
    }

    /// <summary>The estimates on all cases, or on a bootstrap draw: how often each counts.</summary>
    public PolicyValue Estimate(Func<int, int>? draws = null) => PolicyValue.Of(_weights, _rewards, _residuals, _direct, draws);
}
