using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Insights.OffPolicy;

/// <summary>Estimates what the uniform policy earns from another policy's log, and holds it against a log of the uniform policy.</summary>
public static class OffPolicyStudy
{
    /// <summary>Least effective sample size on which a value may be claimed.</summary>
    public const double EffectiveSampleMin = 1000;

    /// <summary>Least effective number of rewarded cases.</summary>
    public const double EffectiveRewardsMin = 50;

    /// <param name="log">What the logging policy did.</param>
    /// <param name="truth">What the uniform policy did and earned.</param>
    public static EvaluationReport Run(string format, IReadOnlyList<LoggedAction> log, IReadOnlyList<LoggedAction> truth, int seed)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(truth);
        if (log.Count < 2 || truth.Count < 2) throw new EvaluationException("at least two logged actions are needed in each log");
        var actions = log.Concat(truth).Select(logged => logged.Action).Distinct().Count();
        var warnings = new List<string>();
        if (truth.Any(logged => Math.Abs((logged.Propensity * actions) - 1) > 0.01))
        {
            warnings.Add(
                $"the test log was not made by the uniform policy over {actions} actions: its mean reward is not the truth sought");
        }

        var estimator = new OffPolicyEstimator(log, actions, seed);
        var value = estimator.Estimate();
        double[] rewards = [.. truth.Select(logged => logged.Reward)];
        var (low, high) = Bootstrap.OfMean(rewards, seed);
        var section = new ReportSection(
            $"mean reward of the uniform policy over {actions} actions",
            log.Count,
            log.Average(logged => logged.Reward),
            Results(estimator, log, rewards.Average(), seed),
            Judge(value, log.Count))
        {
            Facts =
            [
                new MetricValue("truth", rewards.Average(), low, high),
                new MetricValue("truth_cases", truth.Count),
                new MetricValue("effective_sample_size", value.EffectiveSampleSize),
                new MetricValue("effective_sample_share", value.EffectiveSampleSize / log.Count),
                new MetricValue("effective_rewards", value.EffectiveRewards),
                new MetricValue("importance_weight_max", value.WeightMax),
            ],
        };
        return new EvaluationReport("ope", format, [section])
        {
            Split = "train: log of the logging policy with its propensities; test: log of the uniform policy, used for the truth only",
            TrainCases = log.Count,
            Warnings = warnings,
        };
    }

    private static List<ModelResult> Results(OffPolicyEstimator estimator, IReadOnlyList<LoggedAction> log, double truth, int seed)
    {
        double[] Values(PolicyValue value) => [value.DoublyRobust, value.Ips, value.Snips, value.DirectMethod];
        var values = Values(estimator.Estimate());
        var intervals = Bootstrap.Intervals(log.Count, seed, draws => Values(estimator.Estimate(draws)));
        string[] names = ["doubly_robust", "ips", "snips", "direct_method"];
        var results = names.Select((name, i) => Result(name, i > 0, values[i], intervals[i], truth)).ToList();
        double[] rewards = [.. log.Select(logged => logged.Reward)];
        results.Add(Result("logged_mean", isBaseline: true, rewards.Average(), Bootstrap.OfMean(rewards, seed), truth));
        return results;
    }

    private static ModelResult Result(string name, bool isBaseline, double value, (double Low, double High) interval, double truth) =>
        new(name, isBaseline,
        [
            new MetricValue("policy_value", value, interval.Low, interval.High),
            new MetricValue("error", value - truth),
            new MetricValue("interval_covers_truth", interval.Low <= truth && truth <= interval.High ? 1 : 0),
        ]);

    private static Claim Judge(PolicyValue value, int cases)
    {
        var figures = $"effective sample size {value.EffectiveSampleSize:0} of {cases} "
            + $"({value.EffectiveSampleSize / cases:P1}), {value.EffectiveRewards:0.0} effective rewarded cases";
        if (value.EffectiveSampleSize < EffectiveSampleMin || value.EffectiveRewards < EffectiveRewardsMin)
        {
            return Claim.Refused(
                $"the log says too little about the other policy to conclude: {figures}; "
                + $"at least {EffectiveSampleMin:0} and {EffectiveRewardsMin:0} are needed, collect more exploration");
        }

        return Claim.Made($"the estimate rests on enough cases: {figures}");
    }
}
