using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Insights.Tests.Evaluation;

public sealed class BinaryOutcomesTests
{
    [Fact]
    public void Measure_SmallSample_GivesTheValuesOfTheDefinitions()
    {
        // The example of scikit-learn's documentation: AUC 0.75, average precision 0.8333.
        var scores = new BinaryOutcomes([false, false, true, true], [0.1, 0.4, 0.35, 0.8]).Measure(threshold: 0.5);

        Assert.Equal(0.75, scores.Auc, 10);
        Assert.Equal(0.8333333, scores.AveragePrecision, 6);
        Assert.Equal(0.75, scores.Accuracy, 10);
        Assert.Equal(1.0, scores.Precision, 10);
        Assert.Equal(0.5, scores.Recall, 10);
        Assert.Equal(2 / 3.0, scores.F1, 10);
        Assert.Equal((0.01 + 0.16 + (0.65 * 0.65) + 0.04) / 4, scores.Brier, 10);
        Assert.Equal(-(Math.Log(0.9) + Math.Log(0.6) + Math.Log(0.35) + Math.Log(0.8)) / 4, scores.LogLoss, 10);
    }

    [Fact]
    public void Measure_AllTied_GivesHalf()
    {
        var scores = new BinaryOutcomes([true, false, true], [0.5, 0.5, 0.5]).Measure(threshold: 0.5);

        Assert.Equal(0.5, scores.Auc, 10);
        Assert.Equal(2 / 3.0, scores.AveragePrecision, 10);
    }

    [Fact]
    public void Measure_Weights_EqualRepeatedCases()
    {
        var weighted = new BinaryOutcomes([true, false, false], [0.2, 0.3, 0.1]).Measure(0.25, [2, 1, 3]);
        var repeated = new BinaryOutcomes([true, true, false, false, false, false], [0.2, 0.2, 0.3, 0.1, 0.1, 0.1]).Measure(0.25);

        Assert.Equal(repeated.Auc, weighted.Auc, 10);
        Assert.Equal(repeated.AveragePrecision, weighted.AveragePrecision, 10);
        Assert.Equal(repeated.Brier, weighted.Brier, 10);
    }

    [Fact]
    public void Measure_CalibratedGroups_HasNoCalibrationError()
    {
        bool[] labels = [.. Enumerable.Range(0, 1000).Select(i => i % 100 < 30)];
        double[] probabilities = [.. Enumerable.Repeat(0.3, 1000)];

        Assert.Equal(0, new BinaryOutcomes(labels, probabilities).Measure(0.5).CalibrationError, 10);
    }

    [Fact]
    public void Measure_OneClass_HasNoAuc() =>
        Assert.True(double.IsNaN(new BinaryOutcomes([true, true], [0.1, 0.2]).Measure(0.5).Auc));
}
