using RealtimeInsight.Insights.Demand;

namespace RealtimeInsight.Insights.Tests.Demand;

public sealed class ForecastersTests
{
    [Fact]
    public void Croston_RegularDemand_GivesUnitsAWeek()
    {
        double[] past = [0, 6, 0, 6, 0, 6, 0, 6];

        Assert.Equal(3, Forecasters.Croston(past, 0.2), 10);
        Assert.Equal(2.7, Forecasters.CrostonSba(past, 0.2), 10);
    }

    [Fact]
    public void ExponentialSmoothing_KnownValues_FollowsTheRecursion() =>
        Assert.Equal(10 + (0.5 * (20 - 10)), Forecasters.ExponentialSmoothing([10, 20], 0.5), 10);

    [Fact]
    public void Tsb_DemandThatEnds_Fades() =>
        Assert.True(Forecasters.Tsb([5, 5, 0, 0, 0, 0, 0, 0], 0.2, 0.2) < 1);

    [Fact]
    public void All_NoDemandAtAll_ForecastNothing() =>
        Assert.All(Forecasters.All, method => Assert.Equal(0, method.Forecast([0, 0, 0, 0])));

    [Fact]
    public void Run_SteadyNoise_IsNotWorseThanTheBestSimpleForecastByMuch()
    {
        var random = new Random(2);
        WeeklySeries[] series =
        [
            .. Enumerable.Range(0, 60).Select(i =>
            {
                double[] weeks = [.. Enumerable.Range(0, 40).Select(_ => (double)random.Next(10 + i))];
                return new WeeklySeries($"p{i}", weeks[..32], weeks[32..]);
            }),
        ];

        var report = DemandStudy.Run("made_up", series, "made up", seed: 1, _ => { });

        Assert.Equal(480, report.Main.Cases);
        Assert.True(report.Main.Model["wape"] < report.Main.Results.Single(result => result.Name == "naive")["wape"]);
    }
}
