using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Insights.Learning;

/// <summary>Trains the tabular ensemble on earlier cases and judges it on later ones beside simpler methods.</summary>
public static class TabularStudy
{
    private const double Ridge = 10;

    /// <summary>Fewest training cases of each class.</summary>
    private const int ClassMin = 10;

    private static readonly BoostingSettings Settings = new()
    {
        Trees = 160,
        LearningRate = 0.04,
        LeavesMax = 8,
        LeafCasesMin = 25,
        Ridge = 5,
        RowShare = 0.7,
        FeatureShare = 0.6,
    };

    /// <param name="rule">A baseline by one feature: its name and column.</param>
    public static ReportSection Section(
        string name,
        IReadOnlyList<LabelledCase> train,
        IReadOnlyList<LabelledCase> test,
        (string Name, int Column) rule,
        int seed)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        Require(name, train);
        var model = TabularModel.Fit(
            [.. train.Select(known => known.Features)],
            [.. train.Select(known => known.Label)],
            Settings,
            seed,
            [.. train.Select(known => known.Group)],
            [.. train.Select(known => known.Weight)]);
        double[] probabilities = [.. test.Select(later => model.Predict(later.Features))];
        return Judge(name, train, test, ("trees_and_logistic", probabilities, model.Threshold), rule, seed);
    }

    /// <exception cref="EvaluationException">A class has too few cases to learn from.</exception>
    public static void Require(string name, IReadOnlyList<LabelledCase> train)
    {
        ArgumentNullException.ThrowIfNull(train);
        var positives = train.Count(known => known.Label);
        if (Math.Min(positives, train.Count - positives) >= ClassMin) return;
        throw new EvaluationException(
            $"{name}: {positives} of {train.Count} training cases are positive; at least {ClassMin} of each class are needed");
    }

    /// <summary>Judges given probabilities of the test cases beside the same baselines.</summary>
    /// <param name="model">Its name, the probability of each test case, and the one from which a case is flagged.</param>
    public static ReportSection Judge(
        string name,
        IReadOnlyList<LabelledCase> train,
        IReadOnlyList<LabelledCase> test,
        (string Name, IReadOnlyList<double> Probabilities, double Threshold) model,
        (string Name, int Column) rule,
        int seed)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        double[][] rows = [.. train.Select(known => known.Features)];
        bool[] labels = [.. train.Select(known => known.Label)];
        var linear = LogisticRegression.Fit([.. rows.Select(TabularModel.Damped)], labels, Ridge);
        var single = LogisticRegression.Fit([.. rows.Select(row => Single(row, rule.Column))], labels, ridge: 1);
        var rate = labels.Count(label => label) / (double)labels.Length;
        return BinaryEvaluation.Section(
            name,
            [.. test.Select(later => later.Label)],
            new(model.Name, model.Probabilities, model.Threshold),
            [
                new("logistic_regression", [.. test.Select(later => linear.Predict(TabularModel.Damped(later.Features)))], model.Threshold),
                new(rule.Name, [.. test.Select(later => single.Predict(Single(later.Features, rule.Column)))], model.Threshold),
                new("constant_rate", [.. test.Select(_ => rate)], model.Threshold),
            ],
            seed);
    }

    private static double[] Single(double[] row, int column) => TabularModel.Damped([row[column]]);
}
