using System.Globalization;
using RealtimeInsight.Insights.Lifetime;

namespace RealtimeInsight.Insights.Tests.Lifetime;

public sealed class PurchaseModelTests
{
    private static readonly PurchaseHistory[] Histories =
    [
        .. Enumerable.Range(0, 200).Select(i => i % 3 == 0
            ? new PurchaseHistory(0, 0, 30 + (i % 9))
            : new PurchaseHistory(i % 5, i % 5 == 0 ? 0 : 4 + (i % 23), 30 + (i % 9))),
    ];

    [Fact]
    public void ProbabilityAlive_OneTimeBuyer_IsOneForBgAndLessForMbgAndPareto()
    {
        var once = new PurchaseHistory(0, 0, 35);

        Assert.Equal(1, BetaGeometricModel.Fit(Histories, isModified: false).ProbabilityAlive(once));
        Assert.InRange(BetaGeometricModel.Fit(Histories, isModified: true).ProbabilityAlive(once), 0, 0.999);
        Assert.InRange(ParetoModel.Fit(Histories).ProbabilityAlive(once), 0, 0.999);
    }

    [Fact]
    public void ExpectedPurchases_MoreWeeks_AreNeverFewer()
    {
        IPurchaseModel[] models =
            [BetaGeometricModel.Fit(Histories, isModified: false), BetaGeometricModel.Fit(Histories, isModified: true),
                ParetoModel.Fit(Histories)];
        foreach (var model in models)
        {
            double[] expected = [.. new[] { 0.0, 1, 10, 39 }.Select(weeks =>
                model.ExpectedPurchases(new PurchaseHistory(3, 20, 35), weeks))];

            Assert.Equal(0, expected[0], 9);
            Assert.Equal(expected.Order(), expected);
        }
    }

    [Fact]
    public void Of_SameDayPurchases_CountOnce()
    {
        var day = new DateOnly(2020, 1, 1);

        var history = PurchaseHistory.Of([day, day, day.AddDays(7)], day.AddDays(14));

        Assert.Equal(new PurchaseHistory(1, 1, 2), history);
    }

    [Fact]
    public void Fit_NobodyCameBack_Explains() =>
        Assert.Throws<ArgumentException>(() => ParetoModel.Fit([new PurchaseHistory(0, 0, 9)]));

    [RealDataFact]
    public void Fit_Cdnow_ReproducesThePublishedEstimates()
    {
        var histories = Cdnow().GroupBy(purchase => purchase.Customer)
            .Select(group => PurchaseHistory.Of(group.Select(purchase => purchase.Day), new DateOnly(1997, 9, 30)))
            .ToList();

        var plain = BetaGeometricModel.Fit(histories, isModified: false);
        var pareto = ParetoModel.Fit(histories);

        Assert.Equal(0.243, plain.Parameters.R, 3);
        Assert.Equal(4.414, plain.Parameters.Alpha, 2);
        Assert.Equal(0.793, plain.Parameters.A, 2);
        Assert.Equal(2.426, plain.Parameters.B, 2);
        Assert.Equal(-9582.4, plain.LogLikelihood, 1);
        Assert.Equal(-9595.0, pareto.LogLikelihood, 1);
    }

    [RealDataFact]
    public void Lifetime_Cdnow_ReachesTheBars()
    {
        var purchases = Cdnow(everything: true);

        var report = LifetimeStudy.Lifetime("cdnow", purchases, purchases, cut: null, seed: 1);

        Assert.InRange(report.Main.Model["mae"], 0, 0.78);
        Assert.InRange(report.Main.Model["correlation"], 0.63, 1);
        Assert.InRange(report.Sections[2].Model["auc"], 0.77, 1);
    }

    private static List<Purchase> Cdnow(bool everything = false) =>
    [
        .. File.ReadLines(Path.Combine(RealData.Of("cdnow"), "CDNOW_sample.txt"))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(fields => new Purchase(
                long.Parse(fields[0]), DateOnly.ParseExact(fields[2], "yyyyMMdd", CultureInfo.InvariantCulture), double.Parse(fields[4])))
            .Where(purchase => everything || purchase.Day <= new DateOnly(1997, 9, 30)),
    ];
}
