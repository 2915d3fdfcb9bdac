namespace RealtimeInsight.Insights.Evaluation;

/// <summary>Turns probabilities of several methods on the same cases into a section with intervals and a claim.</summary>
public static class BinaryEvaluation
{
    /// <summary>Fewest cases of the rarer class on which a comparison may be claimed.</summary>
    public const int RarerClassMin = 50;

    /// <summary>One method: its probabilities and the threshold that was chosen on training data.</summary>
    public sealed record Method(string Name, IReadOnlyList<double> Probabilities, double Threshold);

    /// <summary>The figures of one method with bootstrap intervals.</summary>
    public static ModelResult Result(Method method, IReadOnlyList<bool> labels, bool isBaseline, int seed)
    {
        ArgumentNullException.ThrowIfNull(method);
        var outcomes = new BinaryOutcomes(labels, method.Probabilities);
        var values = outcomes.Measure(method.Threshold).ToArray();
        var intervals = Bootstrap.Intervals(outcomes.Count, seed, weights => outcomes.Measure(method.Threshold, weights).ToArray());
        var metrics = BinaryScores.Names.Select((name, i) => new MetricValue(name, values[i], intervals[i].Low, intervals[i].High));
        return new ModelResult(method.Name, isBaseline, [.. metrics, new MetricValue("threshold", method.Threshold)]);
    }

    /// <summary>A section over the same cases: the model first, then its baselines; AUC decides the claim.</summary>
    public static ReportSection Section(
        string name, IReadOnlyList<bool> labels, Method model, IReadOnlyList<Method> baselines, int seed)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(baselines);
        if (labels.Count == 0) throw new EvaluationException($"{name}: there is no test case; give later data that holds some");
        var results = new List<ModelResult> { Result(model, labels, isBaseline: false, seed) };
        results.AddRange(baselines.Select(baseline => Result(baseline, labels, isBaseline: true, seed)));
        var baseRate = labels.Count(label => label) / (double)labels.Count;
        return new ReportSection(name, labels.Count, baseRate, results, Compare(labels, model, baselines, seed));
    }

    private static Claim Compare(IReadOnlyList<bool> labels, Method model, IReadOnlyList<Method> baselines, int seed)
    {
        var positives = labels.Count(label => label);
        var rarer = Math.Min(positives, labels.Count - positives);
        if (rarer < RarerClassMin)
        {
            return Claim.Refused(
                $"n is too small to claim anything: {rarer} cases of the rarer class, at least {RarerClassMin} are needed");
        }

        if (baselines.Count == 0) return Claim.Refused("there is no baseline to compare with");
        var ours = new BinaryOutcomes(labels, model.Probabilities);
        var (best, theirs) = baselines
            .Select(baseline => (baseline.Name, Outcomes: new BinaryOutcomes(labels, baseline.Probabilities)))
            .MaxBy(pair => pair.Outcomes.Measure(0.5).Auc);
        var gain = ours.Measure(0.5).Auc - theirs.Measure(0.5).Auc;
        var (low, high) = Bootstrap.Intervals(
            labels.Count, seed, weights => [ours.Measure(0.5, weights).Auc - theirs.Measure(0.5, weights).Auc])[0];
        var figures = $"AUC {gain:+0.0000;-0.0000} against {best} (95 % interval {low:+0.0000;-0.0000} to {high:+0.0000;-0.0000})";
        return low > 0
            ? Claim.Made($"better than every baseline: {figures}")
            : Claim.Refused($"not shown to be better than every baseline: {figures}");
    }
}
