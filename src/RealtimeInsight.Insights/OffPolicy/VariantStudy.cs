using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Insights.OffPolicy;

/// <summary>
/// Estimates from decisions whose variants were drawn what other ways to choose would have earned: the one that is best by what is known
/// of the customer (learned from other decisions), each variant for everybody, all alike.
/// </summary>
public static class VariantStudy
{
    /// <summary>Fewest decisions of a rule to learn from, and to judge by.</summary>
    public const int DecisionsMin = 100;

    /// <summary>Standard errors by which the mean weight may be off before the logged probabilities are doubted.</summary>
    private const double WeightErrorsMax = 5;

    private const string Learned = "learned_by_context";

    /// <param name="train">Decisions to learn from.</param>
    /// <param name="test">Decisions to judge by; null: the later half of those, and the earlier half is learned from.</param>
    /// <exception cref="EvaluationException">There are too few, or they do not fit together.</exception>
    public static EvaluationReport Run(string format, IReadOnlyList<DrawnDecision> train, IReadOnlyList<DrawnDecision>? test, int seed)
    {
        ArgumentNullException.ThrowIfNull(train);
        var warnings = new List<string>();
        var (learned, judged) = test is null ? Halves(train) : (train, test);
        if (learned.Concat(judged).Select(static one => one.Context.Length).Distinct().Count() > 1)
        {
            throw new EvaluationException("the tables have different context columns: export all of them with the same version");
        }

        var sections = new List<ReportSection>();
        var trained = 0;
        var rules = judged.GroupBy(static one => one.Rule, StringComparer.Ordinal)
            .OrderByDescending(static rule => rule.Count()).ThenBy(static rule => rule.Key, StringComparer.Ordinal);
        foreach (var rule in rules)
        {
            var newest = rule.MaxBy(static one => one.DecidedAt)!.Variants;
            var (before, after) = (Alike(learned.Where(one => one.Rule == rule.Key), newest), Alike(rule, newest));
            var left = rule.Count() - after.Count;
            if (left > 0) warnings.Add($"{rule.Key}: {left} decisions among other variants than {string.Join(", ", newest)} are left out");
            if (Math.Min(before.Count, after.Count) < DecisionsMin)
            {
                warnings.Add(
                    $"{rule.Key}: {before.Count} decisions to learn from and {after.Count} to judge by; "
                    + $"at least {DecisionsMin} of each are needed, so nothing is said of it");
                continue;
            }

            trained += before.Count;
            sections.Add(Section(rule.Key, newest, before, after, seed));
        }

        if (sections.Count == 0)
        {
            throw new EvaluationException(
                warnings.Count > 0 ? string.Join("; ", warnings)
                    : "the tables hold no decision; rules with variants draw them, and they count when their time for a reward is over");
        }

        return new EvaluationReport("ope", format, sections)
        {
            Split = test is null
                ? "the same decisions to learn and to judge by: the earlier half is learned from, the later half judges"
                : "train: decisions that the choice by context is learned from; test: decisions that judge",
            TrainCases = trained,
            Warnings = warnings,
        };
    }

    private static (List<DrawnDecision> Earlier, List<DrawnDecision> Later) Halves(IReadOnlyList<DrawnDecision> decisions)
    {
        var ordered = decisions.OrderBy(static one => one.DecidedAt).ToList();
        return (ordered[..(ordered.Count / 2)], ordered[(ordered.Count / 2)..]);
    }

    private static List<DrawnDecision> Alike(IEnumerable<DrawnDecision> decisions, IReadOnlyList<string> variants) =>
        [.. decisions.Where(one => one.Variants.SequenceEqual(variants)).OrderBy(static one => one.DecidedAt)];

    private static ReportSection Section(
        string rule, IReadOnlyList<string> variants, List<DrawnDecision> train, List<DrawnDecision> test, int seed)
    {
        var rewards = VariantRewards.Fit(train, variants.Count, seed);
        var groups = Groups(test, out var customers);
        var logged = test.Average(static one => one.IsRewarded ? 1.0 : 0);
        var (results, notes) = (new List<ModelResult>(), new List<string>());
        Claim? claim = null;
        foreach (var target in Targets(variants, rewards))
        {
            var estimator = new TargetEstimator(test, target, rewards);
            var intervals = Bootstrap.Intervals(customers, seed, draws => Figures(
                estimator.Estimate(i => draws[groups[i]]), Mean(test, i => draws[groups[i]])));
            var value = estimator.Estimate();
            var figures = Figures(value, logged);
            results.Add(new ModelResult(target.Name, target.Name != Learned,
            [
                new MetricValue("policy_value", figures[0], intervals[0].Low, intervals[0].High),
                new MetricValue("gain", figures[1], intervals[1].Low, intervals[1].High),
                new MetricValue("ips", figures[2], intervals[2].Low, intervals[2].High),
                new MetricValue("snips", figures[3], intervals[3].Low, intervals[3].High),
                new MetricValue("direct_method", value.DirectMethod),
                new MetricValue("effective_sample_size", value.EffectiveSampleSize),
                new MetricValue("effective_rewards", value.EffectiveRewards),
                new MetricValue("weight_max", value.WeightMax),
            ]));
            var judged = Judge(target.Name, value, test.Count, intervals[1]);
            claim ??= judged;
            if (target.Name != Learned) notes.Add($"{target.Name}: {judged.Text}");
            if (Math.Abs(estimator.WeightMean - 1) > WeightErrorsMax * estimator.WeightError + 1e-6)
            {
                notes.Add(
                    $"{target.Name}: the weights have a mean of {estimator.WeightMean:0.000} and not 1: "
                    + "the logged probabilities are not those that chose, or a variant was never given");
            }
        }

        results.Add(new ModelResult("as_logged", IsBaseline: true, [Logged(test, groups, customers, seed)]));
        return new ReportSection($"rewards per decision of the rule {rule}", test.Count, logged, results, claim!)
        {
            Notes = notes,
            Facts = [new MetricValue("customers", customers), new MetricValue("train_decisions", train.Count)],
        };
    }

    private static IEnumerable<TargetPolicy> Targets(IReadOnlyList<string> variants, VariantRewards rewards)
    {
        yield return new TargetPolicy(Learned, one =>
        {
            var expected = rewards.Predict(one.Context);
            var chosen = new double[expected.Length];
            chosen[Array.IndexOf(expected, expected.Max())] = 1;
            return chosen;
        });
        for (var i = 0; i < variants.Count; i++)
        {
            var chosen = new double[variants.Count];
            chosen[i] = 1;
            yield return new TargetPolicy($"always_{variants[i]}", _ => chosen);
        }

        double[] equal = [.. variants.Select(_ => 1.0 / variants.Count)];
        yield return new TargetPolicy("uniform", _ => equal);
    }

    /// <summary>The number of each decision's customer: customers are drawn, and with them all their decisions.</summary>
    private static int[] Groups(List<DrawnDecision> decisions, out int customers)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var groups = new int[decisions.Count];
        for (var i = 0; i < groups.Length; i++)
        {
            if (!numbers.TryGetValue(decisions[i].Customer, out var number)) numbers.Add(decisions[i].Customer, number = numbers.Count);
            groups[i] = number;
        }

        customers = numbers.Count;
        return groups;
    }

    private static double[] Figures(PolicyValue value, double logged) =>
        [value.DoublyRobust, value.DoublyRobust - logged, value.Ips, value.Snips];

    private static double Mean(List<DrawnDecision> decisions, Func<int, int> draws)
    {
        double sum = 0, count = 0;
        for (var i = 0; i < decisions.Count; i++)
        {
            var times = draws(i);
            count += times;
            if (decisions[i].IsRewarded) sum += times;
        }

        return sum / count;
    }

    private static MetricValue Logged(List<DrawnDecision> test, int[] groups, int customers, int seed)
    {
        var (low, high) = Bootstrap.Intervals(customers, seed, draws => [Mean(test, i => draws[groups[i]])])[0];
        return new MetricValue("policy_value", Mean(test, static _ => 1), low, high);
    }

    private static Claim Judge(string name, PolicyValue value, int cases, (double Low, double High) gain)
    {
        var figures = $"effective sample size {value.EffectiveSampleSize:0} of {cases}, {value.EffectiveRewards:0.0} effective rewards";
        if (value.EffectiveSampleSize < OffPolicyStudy.EffectiveSampleMin || value.EffectiveRewards < OffPolicyStudy.EffectiveRewardsMin)
        {
            return Claim.Refused(
                $"the log says too little about it to conclude: {figures}; at least {OffPolicyStudy.EffectiveSampleMin:0} and "
                + $"{OffPolicyStudy.EffectiveRewardsMin:0} are needed, collect more or explore more");
        }

        if (gain.Low <= 0 && gain.High >= 0)
        {
            return Claim.Refused($"its gain over what was done has an interval that reaches zero; {figures}");
        }

        return Claim.Made($"{(gain.Low > 0 ? "better" : "worse")} than what was done ({name}); {figures}");
    }
}
