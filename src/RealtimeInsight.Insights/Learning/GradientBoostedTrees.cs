using RealtimeInsight.Domain.Binary;

namespace RealtimeInsight.Insights.Learning;

/// <summary>Gradient-boosted regression trees on histograms. The same seed and data give the same model.</summary>
public sealed class GradientBoostedTrees
{
    private const int TreesMax = 10_000;

    private readonly double _start;
    private readonly List<RegressionTree> _trees = [];

    private GradientBoostedTrees(double start) => _start = start;

    /// <summary>Fills gradient and curvature of the loss at the given scores.</summary>
    public delegate void Loss(double[] scores, double[] gradients, double[] curvatures);

    /// <summary>Classifier: <see cref="Score"/> is the log odds of a positive label.</summary>
    /// <param name="caseWeights">How much each case counts; null: one.</param>
    public static GradientBoostedTrees FitLogistic(
        IReadOnlyList<double[]> rows, IReadOnlyList<bool> labels, BoostingSettings settings, int seed,
        IReadOnlyList<double>? caseWeights = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(labels);
        var positives = labels.Count(label => label);
        var rate = (positives + 0.5) / (labels.Count + 1.0);
        return Fit(rows, Math.Log(rate / (1 - rate)), LogisticLoss, settings, seed);

        void LogisticLoss(double[] scores, double[] gradients, double[] curvatures)
        {
            for (var i = 0; i < scores.Length; i++)
            {
                var probability = 1 / (1 + Math.Exp(-scores[i]));
                var weight = caseWeights?[i] ?? 1;
                gradients[i] = weight * (probability - (labels[i] ? 1 : 0));
                curvatures[i] = Math.Max(weight * probability * (1 - probability), 1e-9);
            }
        }
    }

    /// <summary>
    /// Ranker: rows lie group by group, each with at most one right row; the softmax of the scores within a group is fitted.
    /// </summary>
    /// <param name="starts">First row of each group, and the number of rows at the end.</param>
    public static GradientBoostedTrees FitListwise(
        IReadOnlyList<double[]> rows, IReadOnlyList<bool> isRight, IReadOnlyList<int> starts, BoostingSettings settings, int seed)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(isRight);
        ArgumentNullException.ThrowIfNull(starts);
        return Fit(rows, 0, SoftmaxLoss, settings, seed);

        void SoftmaxLoss(double[] scores, double[] gradients, double[] curvatures)
        {
            for (var group = 0; group + 1 < starts.Count; group++)
            {
                var (from, to) = (starts[group], starts[group + 1]);
                var largest = double.NegativeInfinity;
                double sum = 0;
                for (var i = from; i < to; i++) largest = Math.Max(largest, scores[i]);
                for (var i = from; i < to; i++) sum += Math.Exp(scores[i] - largest);
                for (var i = from; i < to; i++)
                {
                    var probability = Math.Exp(scores[i] - largest) / sum;
                    gradients[i] = probability - (isRight[i] ? 1 : 0);
                    curvatures[i] = Math.Max(probability * (1 - probability), 1e-9);
                }
            }
        }
    }

    /// <summary>Regression on a loss of the caller's choice.</summary>
    public static GradientBoostedTrees Fit(IReadOnlyList<double[]> rows, double start, Loss loss, BoostingSettings settings, int seed)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(settings);
        if (rows.Count == 0) throw new ArgumentException("a model needs at least one case to learn from");
        var binned = BinnedFeatures.Of(rows, settings.Bins);
        var grower = new TreeGrower(binned, settings);
        var random = new Random(seed);
        var model = new GradientBoostedTrees(start);
        var scores = new double[rows.Count];
        var gradients = new double[rows.Count];
        var curvatures = new double[rows.Count];
        Array.Fill(scores, start);
        for (var round = 0; round < settings.Trees; round++)
        {
            loss(scores, gradients, curvatures);
            var tree = grower.Grow(
                Sample(rows.Count, settings.RowShare, random), Sample(rows[0].Length, settings.FeatureShare, random), gradients,
                    curvatures);
            model._trees.Add(tree);
            for (var i = 0; i < scores.Length; i++) scores[i] += tree.Predict(rows[i]);
        }

        return model;
    }

    public void Write(ByteWriter writer)
    {
        writer.Double(_start);
        writer.Unsigned((ulong)_trees.Count);
        foreach (var tree in _trees) tree.Write(writer);
    }

    /// <param name="features">Width of the rows that it is to score.</param>
    /// <exception cref="FormatException">It is not what <see cref="Write"/> wrote for such rows.</exception>
    public static GradientBoostedTrees Read(ref ByteReader reader, int features)
    {
        var model = new GradientBoostedTrees(reader.Double());
        for (var left = reader.Count(TreesMax); left > 0; left--) model._trees.Add(RegressionTree.Read(ref reader, features));
        return model;
    }

    public double Score(ReadOnlySpan<double> row)
    {
        var score = _start;
        foreach (var tree in _trees) score += tree.Predict(row);
        return score;
    }

    /// <summary>The score through the logistic function.</summary>
    public double Probability(ReadOnlySpan<double> row) => 1 / (1 + Math.Exp(-Score(row)));

    private static int[] Sample(int count, double share, Random random)
    {
        if (share >= 1) return [.. Enumerable.Range(0, count)];
        var kept = new List<int>((int)(count * share) + 16);
        for (var i = 0; i < count; i++)
        {
            if (random.NextDouble() < share) kept.Add(i);
        }

        if (kept.Count == 0) kept.Add(random.Next(count));
        return [.. kept];
    }
}
