using RealtimeInsight.Insights.Shopping;

namespace RealtimeInsight.Insights.Tests.Shopping;

public sealed class ConversionStudyTests
{
    [Fact]
    public void Run_LaterMonthsJudged_TheNewestMonthsSayMost()
    {
        var random = new Random(1);
        Visit[] known = [.. Visits(random, month: 1, isLongGood: true), .. Visits(random, month: 6, isLongGood: false)];
        Visit[] judged = [.. Visits(random, month: 7, isLongGood: false)];

        var later = ConversionStudy.Run("made_up", known, judged, isLeaking: false, seed: 1);
        var same = ConversionStudy.Run(
            "made_up", known, [.. judged.Select(visit => visit with { Month = 6 })], isLeaking: false, seed: 1);

        Assert.True(later.Main.Model["auc"] > 0.65);
        Assert.True(same.Main.Model["auc"] < later.Main.Model["auc"] - 0.05);
    }

    /// <summary>Visits of one month, in which long ones buy more often, or less often.</summary>
    private static IEnumerable<Visit> Visits(Random random, int month, bool isLongGood) => Enumerable.Range(0, 300).Select(_ =>
    {
        var seconds = random.NextDouble() * 1000;
        var hasBought = random.NextDouble() < (seconds > 500 == isLongGood ? 0.6 : 0.1);
        return new Visit(month, [0, 0, 0, 0, 5, seconds, 0, 0, 0], [1, 1, 1, 1], false, false, 0, hasBought);
    });
}
