using RealtimeInsight.Insights.Learning;

namespace RealtimeInsight.Insights.Tests.Learning;

public sealed class LogisticRegressionTests
{
    [Fact]
    public void Fit_OneFlag_GivesTheLogOdds()
    {
        // 30 of 100 without the flag, 80 of 100 with it: unpenalised estimates are the observed rates.
        double[][] rows = [.. Enumerable.Range(0, 200).Select(i => new[] { i < 100 ? 0.0 : 1.0 })];
        bool[] labels = [.. Enumerable.Range(0, 200).Select(i => i < 100 ? i < 30 : i < 180)];

        var model = LogisticRegression.Fit(rows, labels, ridge: 0);

        Assert.Equal(0.3, model.Predict([0.0]), 6);
        Assert.Equal(0.8, model.Predict([1.0]), 6);
    }

    [Fact]
    public void Fit_SeparableClasses_StaysFinite()
    {
        var model = LogisticRegression.Fit([[0.0], [1.0], [2.0], [3.0]], [false, false, true, true], ridge: 0.1);

        Assert.InRange(model.Predict([0.0]), 0, 0.2);
        Assert.InRange(model.Predict([3.0]), 0.8, 1);
    }

    [Fact]
    public void Predict_MissingValue_CountsAsTheMean()
    {
        var model = LogisticRegression.Fit([[0.0], [1.0], [2.0]], [false, true, true], ridge: 1);

        Assert.Equal(model.Predict([1.0]), model.Predict([double.NaN]), 10);
    }
}
