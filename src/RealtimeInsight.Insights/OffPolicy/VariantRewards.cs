using RealtimeInsight.Insights.Learning;

namespace RealtimeInsight.Insights.OffPolicy;

/// <summary>
/// How likely each variant is to be rewarded by what is known of the customer: a logistic regression each, all drawn towards no
/// difference by one ridge. The ridge that predicts customers who were not learned from best is taken, so that a context that says
/// nothing leaves hardly more than a rate.
/// </summary>
internal sealed class VariantRewards
{
    private const int Folds = 5;

    /// <summary>Newest decisions that are learned from: more cost time and change little.</summary>
    private const int CasesMax = 20_000;

    private const double ProbabilityMin = 1e-4;

    /// <summary>The last leaves next to nothing of the context.</summary>
    private static readonly double[] s_ridges = [10, 100, 1_000, 100_000];

    /// <summary>Decisions that the mean of all variants is worth beside a variant's own.</summary>
    private const double PriorCases = 20;

    private readonly IReadOnlyList<LogisticRegression?> _variants;
    private readonly double[] _rates;

    private VariantRewards(IReadOnlyList<LogisticRegression?> variants, double[] rates) => (_variants, _rates) = (variants, rates);

    /// <param name="decisions">The earliest first.</param>
    public static VariantRewards Fit(IReadOnlyList<DrawnDecision> decisions, int variants, int seed)
    {
        var newest = decisions.Skip(decisions.Count - CasesMax).ToList();
        var random = new Random(seed);
        var folds = newest.Select(static one => one.Customer).Distinct(StringComparer.Ordinal)
            .ToDictionary(static customer => customer, _ => random.Next(Folds), StringComparer.Ordinal);
        var best = s_ridges.MinBy(ridge => LossOf(newest, folds, variants, ridge));
        return Fit(newest, variants, best);
    }

    /// <summary>Probability of a reward for each variant.</summary>
    public double[] Predict(double[] context)
    {
        var row = TabularModel.Damped(context);
        return [.. _variants.Select((variant, i) => variant?.Predict(row) ?? _rates[i])];
    }

    /// <summary>Log loss over customers who were not learned from.</summary>
    private static double LossOf(List<DrawnDecision> decisions, Dictionary<string, int> folds, int variants, double ridge)
    {
        var loss = 0.0;
        for (var fold = 0; fold < Folds; fold++)
        {
            var judged = decisions.Where(one => folds[one.Customer] == fold).ToList();
            var learned = decisions.Where(one => folds[one.Customer] != fold).ToList();
            if (judged.Count == 0 || learned.Count == 0) continue;
            var model = Fit(learned, variants, ridge);
            foreach (var one in judged)
            {
                var probability = Math.Clamp(model.Predict(one.Context)[one.Chosen], ProbabilityMin, 1 - ProbabilityMin);
                loss -= Math.Log(one.IsRewarded ? probability : 1 - probability);
            }
        }

        return loss;
    }

    private static VariantRewards Fit(List<DrawnDecision> decisions, int variants, double ridge)
    {
        var (models, rates) = (new LogisticRegression?[variants], new double[variants]);
        var mean = decisions.Average(static one => one.IsRewarded ? 1.0 : 0);
        for (var variant = 0; variant < variants; variant++)
        {
            var cases = decisions.Where(one => one.Chosen == variant).ToList();
            var rewarded = cases.Count(static one => one.IsRewarded);

            rates[variant] = (rewarded + (PriorCases * mean)) / (cases.Count + PriorCases);

            // Without both kinds of outcomes there is nothing to tell apart, and the odds would run away.
            if (rewarded == 0 || rewarded == cases.Count) continue;
            models[variant] = LogisticRegression.Fit(
                [.. cases.Select(static one => TabularModel.Damped(one.Context))], [.. cases.Select(static one => one.IsRewarded)], ridge);
        }

        return new VariantRewards(models, rates);
    }
}
