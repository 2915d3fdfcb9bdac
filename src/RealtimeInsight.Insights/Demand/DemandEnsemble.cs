using RealtimeInsight.Insights.Learning;

namespace RealtimeInsight.Insights.Demand;

/// <summary>
/// Weekly demand from all simple forecasts together: trees learn, on earlier weeks of all products, how the weeks after a moment
/// related to what the simple forecasts said. Minimises absolute errors, which is what WAPE counts, on each product's own scale.
/// </summary>
public sealed class DemandEnsemble
{
    private const int OriginsMax = 12;
    private const int HistoryMin = 8;
    private const double Smooth = 0.05;

    private static readonly BoostingSettings Settings = new()
    {
        Trees = 150, LearningRate = 0.04, LeavesMax = 4, LeafCasesMin = 100, Ridge = 5, RowShare = 0.7, FeatureShare = 0.7,
    };

    private readonly GradientBoostedTrees? _trees;
    private readonly double _spread;

    private DemandEnsemble(GradientBoostedTrees? trees, double spread)
    {
        _trees = trees;
        _spread = spread;
    }

    /// <summary>False where the past is too short to learn from: the mean of two simple forecasts is used.</summary>
    public bool IsLearned => _trees is not null;

    /// <param name="pasts">One past a product, all up to the same week.</param>
    /// <param name="horizon">Weeks to forecast.</param>
    public static DemandEnsemble Fit(IReadOnlyList<WeeklyPast> pasts, int horizon, int seed)
    {
        ArgumentNullException.ThrowIfNull(pasts);
        var (rows, targets, weights) = (new List<double[]>(), new List<double>(), new List<double>());
        var length = pasts.Count == 0 ? 0 : pasts.Min(past => past.Units.Length);
        for (var origin = length - 1; origin >= HistoryMin && origin > length - 1 - OriginsMax; origin--)
        {
            foreach (var past in pasts)
            {
                var known = past.Until(origin);
                var scale = DemandFeatures.ScaleOf(known.Units);
                var features = DemandFeatures.Of(known);
                for (var step = 1; step <= horizon && origin + step <= past.Units.Length; step++)
                {
                    rows.Add([.. features, step]);
                    targets.Add(past.Units[origin + step - 1] / scale);
                    weights.Add(scale);
                }
            }
        }

        if (rows.Count < 1000) return new DemandEnsemble(trees: null, spread: 1);
        var mean = weights.Average();
        for (var i = 0; i < weights.Count; i++) weights[i] = Math.Clamp(weights[i] / mean, 0.05, 5);
        var trees = GradientBoostedTrees.Fit(rows, 0.7, AbsoluteLoss, Settings, seed);
        var errors = rows.Select((row, i) => Math.Abs(targets[i] - trees.Score(row))).Order().ToList();
        return new DemandEnsemble(trees, errors[(int)(errors.Count * 0.8)]);

        // Absolute error, rounded off near zero so that the trees find a curvature.
        void AbsoluteLoss(double[] scores, double[] gradients, double[] curvatures)
        {
            for (var i = 0; i < scores.Length; i++)
            {
                var error = scores[i] - targets[i];
                var root = Math.Sqrt((error * error) + (Smooth * Smooth));
                gradients[i] = weights[i] * error / root;
                curvatures[i] = weights[i] / root;
            }
        }
    }

    /// <summary>Units in the given week after the known ones (1 is the next), with a range that should hold four weeks of five.</summary>
    public (double Units, double Low, double High) Forecast(WeeklyPast known, int step)
    {
        ArgumentNullException.ThrowIfNull(known);
        var scale = DemandFeatures.ScaleOf(known.Units);
        if (_trees is null)
        {
            var simple = (Forecasters.MovingAverage(known.Units, 8) + Forecasters.CrostonSba(known.Units, 0.2)) / 2;
            return (simple, 0, simple + scale);
        }

        var units = Math.Max(0, _trees.Score([.. DemandFeatures.Of(known), step]) * scale);
        return (units, Math.Max(0, units - (_spread * scale)), units + (_spread * scale));
    }
}
