namespace RealtimeInsight.Insights.Learning;

/// <summary>
/// Probability from a row of features: boosted trees of several seeds and a logistic regression, blended and calibrated by a logistic
/// regression on what each says about cases it has not seen.
/// </summary>
public sealed class TabularModel
{
    private const int Folds = 5;
    private const int TreeSeeds = 3;
    private const double Ridge = 10;
    private const double BlendRidge = 5;
    private const double ProbabilityMin = 1e-6;

    /// <summary>Share of flagged cases below which 0.5 would hardly flag anybody.</summary>
    private const double RareShare = 0.3;

    private readonly Members _members;
    private readonly LogisticRegression _blend;

    private TabularModel(Members members, LogisticRegression blend, double threshold)
    {
        _members = members;
        _blend = blend;
        Threshold = threshold;
    }

    /// <summary>
    /// Probability from which a case is flagged: 0.5, or where positives are rare, what flags as many cases as are positive.
    /// </summary>
    public double Threshold { get; }

    /// <param name="groups">Cases of one group (a customer) are never split between learning and judging; null: each case for
    /// itself.</param>
    /// <param name="caseWeights">How much each case counts; null: one.</param>
    public static TabularModel Fit(
        IReadOnlyList<double[]> rows, IReadOnlyList<bool> labels, BoostingSettings settings, int seed, IReadOnlyList<int>? groups = null,
        IReadOnlyList<double>? caseWeights = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(labels);
        var folds = FoldsOf(rows.Count, groups, seed);
        var unseen = new double[rows.Count][];
        for (var fold = 0; fold < Folds; fold++)
        {
            var learn = Enumerable.Range(0, rows.Count).Where(i => folds[i] != fold).ToList();
            if (learn.Count == 0) continue;
            var members = Members.Fit(
                [.. learn.Select(i => rows[i])], [.. learn.Select(i => labels[i])], settings, seed,
                caseWeights is null ? null : [.. learn.Select(i => caseWeights[i])]);
            for (var i = 0; i < rows.Count; i++)
            {
                if (folds[i] == fold) unseen[i] = members.LogOdds(rows[i]);
            }
        }

        var blend = LogisticRegression.Fit(unseen, labels, BlendRidge, caseWeights);
        var probabilities = unseen.Select(odds => blend.Predict(odds)).OrderDescending().ToList();
        var positives = labels.Count(label => label);
        var threshold = positives < RareShare * labels.Count ? probabilities[Math.Max(0, positives - 1)] : 0.5;
        return new TabularModel(Members.Fit(rows, labels, settings, seed, caseWeights), blend, threshold);
    }

    public double Predict(double[] row) => _blend.Predict(_members.LogOdds(row));

    private static int[] FoldsOf(int count, IReadOnlyList<int>? groups, int seed)
    {
        var random = new Random(seed);
        var byGroup = new Dictionary<int, int>();
        var folds = new int[count];
        for (var i = 0; i < count; i++)
        {
            var group = groups?[i] ?? i;
            if (!byGroup.TryGetValue(group, out var fold)) byGroup.Add(group, fold = random.Next(Folds));
            folds[i] = fold;
        }

        return folds;
    }

    private sealed record Members(LogisticRegression Linear, GradientBoostedTrees[] Trees)
    {
        public static Members Fit(
            IReadOnlyList<double[]> rows, IReadOnlyList<bool> labels, BoostingSettings settings, int seed,
            IReadOnlyList<double>? caseWeights) => new(
            LogisticRegression.Fit([.. rows.Select(Damped)], labels, Ridge, caseWeights),
            [
                .. Enumerable.Range(0, TreeSeeds)
                    .Select(i => GradientBoostedTrees.FitLogistic(rows, labels, settings, seed + i, caseWeights)),
            ]);

        public double[] LogOdds(double[] row)
        {
            var linear = Math.Clamp(Linear.Predict(Damped(row)), ProbabilityMin, 1 - ProbabilityMin);
            return [Math.Log(linear / (1 - linear)), Trees.Average(trees => trees.Score(row))];
        }
    }

    /// <summary>Counts, durations and amounts have long tails: the linear model sees their logarithm.</summary>
    public static double[] Damped(double[] row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return [.. row.Select(value => double.IsNaN(value) ? value : Math.Sign(value) * Math.Log(1 + Math.Abs(value)))];
    }
}
