using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Insights.Tests.Evaluation;

public sealed class RegressionEvaluationTests
{
    [Fact]
    public void Measure_KnownErrors_GivesTheDefinitions()
    {
        var values = RegressionEvaluation.Measure([1, 2, 3], [1, 3, 5], weights: null);

        Assert.Equal(1.0, values[0], 10);
        Assert.Equal(Math.Sqrt(5 / 3.0), values[1], 10);
        Assert.Equal(0.5, values[2], 10);
        Assert.Equal(1.0, values[3], 10);
        Assert.Equal(1.0, values[4], 10);
    }

    [Fact]
    public void Compare_FewCases_Refuses() =>
        Assert.False(RegressionEvaluation.Compare([1, 2], [1, 2], [("zero", [0, 0])], seed: 1).IsMade);
}
