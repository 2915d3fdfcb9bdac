using RealtimeInsight.Insights.OffPolicy;

namespace RealtimeInsight.Insights.Tests.OffPolicy;

public sealed class OffPolicyStudyTests
{
    [Fact]
    public void Run_MildLoggingPolicy_FindsTheTruthAndConcludes()
    {
        var report = OffPolicyStudy.Run("made_up", Log(20_000, [0.4, 0.35, 0.25]), Log(20_000, [1 / 3.0, 1 / 3.0, 1 / 3.0]), seed: 1);

        Assert.True(report.Main.Claim.IsMade, report.Main.Claim.Text);
        Assert.InRange(report.Main.Model["error"], -0.01, 0.01);
        Assert.Equal(1, report.Main.Model["interval_covers_truth"]);
    }

    [Fact]
    public void Run_HardlyAnyOverlap_RefusesToConclude()
    {
        var report = OffPolicyStudy.Run("made_up", Log(5_000, [0.997, 0.002, 0.001]), Log(5_000, [1 / 3.0, 1 / 3.0, 1 / 3.0]), seed: 1);

        Assert.False(report.Main.Claim.IsMade);
        Assert.Contains("effective sample size", report.Main.Claim.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Estimator_PropensityOfZero_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new OffPolicyEstimator([new(0, 0, 1, 0), new(0, 0, 1, 0.5)], actions: 2, seed: 1));

    private static List<LoggedAction> Log(int cases, double[] propensities)
    {
        double[] rewardRates = [0.05, 0.2, 0.35];
        var random = new Random(cases + propensities.Length);
        return
        [
            .. Enumerable.Range(0, cases).Select(i =>
            {
                var draw = random.NextDouble();
                var action = draw < propensities[0] ? 0 : draw < propensities[0] + propensities[1] ? 1 : 2;
                return new LoggedAction(action, i % 3, random.NextDouble() < rewardRates[action] ? 1 : 0, propensities[action]);
            }),
        ];
    }
}
