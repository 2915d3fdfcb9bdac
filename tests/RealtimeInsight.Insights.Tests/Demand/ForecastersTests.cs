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
        Assert.Contains(report.Main.Model.Metrics, static metric => metric.Name == "mase");
        Assert.Contains(report.Main.Model.Metrics, static metric => metric.Name == "coverage_80");
        Assert.All(
            report.Main.Results.SelectMany(static result => result.Metrics).Where(static metric => double.IsFinite(metric.Value)),
            static metric => Assert.InRange(metric.Value, metric.Low!.Value, metric.High!.Value));
    }

    [Fact]
    public void Ensemble_OrderLinesThatTellTheNextWeeks_AreUsed()
    {
        var random = new Random(4);
        WeeklyPast[] pasts = [.. Enumerable.Range(0, 80).Select(_ => Regime(random))];

        var told = DemandEnsemble.Fit(pasts, horizon: 2, seed: 1);
        var untold = DemandEnsemble.Fit([.. pasts.Select(past => past with { Orders = null })], horizon: 2, seed: 1);

        Assert.True(told.IsLearned && untold.IsLearned);
        Assert.True(Error(told, withOrders: true) < 0.8 * Error(untold, withOrders: false));

        double Error(DemandEnsemble ensemble, bool withOrders)
        {
            var later = new Random(5);
            return Enumerable.Range(0, 80).Select(_ => Regime(later)).Average(past =>
            {
                var known = new WeeklyPast(past.Units[..30], withOrders ? new(
                    past.Orders!.Lines[..30], past.Orders.Money[..30], past.Orders.Largest[..30]) : null);
                return Math.Abs(ensemble.Forecast(known, 1).Units - past.Units[30]);
            });
        }
    }

    /// <summary>Units that jump between two levels; the number of order lines says a week before which one comes.</summary>
    private static WeeklyPast Regime(Random random)
    {
        bool[] isHigh = [.. Enumerable.Range(0, 33).Select(_ => random.Next(2) == 0)];
        double[] units = [.. isHigh.Skip(1).Select(high => high ? 40.0 : 10.0)];
        double[] lines = [.. isHigh.Skip(2).Append(false).Select(high => high ? 8.0 : 2.0)];
        return new WeeklyPast(units, new WeeklyOrders(lines, [.. units.Select(value => value * 2)], [.. units.Select(value => value / 2)]));
    }
}
