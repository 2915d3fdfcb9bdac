using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Insights.Tests.Evaluation;

public sealed class QiniCurveTests
{
    [Fact]
    public void Coefficient_RankingByTrueEffect_IsFarAboveRandom()
    {
        var (effects, treated, outcomes) = Experiment();
        var (mean, deviation) = QiniCurve.Random(treated, outcomes, rankings: 100, seed: 5);

        var right = QiniCurve.Coefficient(effects, treated, outcomes);
        var reversed = QiniCurve.Coefficient([.. effects.Select(effect => -effect)], treated, outcomes);

        Assert.True(right > mean + (5 * deviation));
        Assert.True(reversed < mean - (5 * deviation));
        Assert.True(Math.Abs(mean) < deviation);
    }

    private static (double[] Effects, bool[] Treated, double[] Outcomes) Experiment()
    {
        var random = new Random(11);
        double[] effects = [.. Enumerable.Range(0, 4000).Select(i => i % 2 == 0 ? 0.3 : 0.0)];
        bool[] treated = [.. effects.Select(_ => random.Next(2) == 0)];
        double[] outcomes = [.. effects.Select((effect, i) => random.NextDouble() < 0.1 + (treated[i] ? effect : 0) ? 1.0 : 0.0)];
        return (effects, treated, outcomes);
    }
}
