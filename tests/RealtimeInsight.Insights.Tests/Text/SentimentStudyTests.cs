using RealtimeInsight.Insights.Evaluation;
using RealtimeInsight.Insights.Text;

namespace RealtimeInsight.Insights.Tests.Text;

public sealed class SentimentStudyTests
{
    [Fact]
    public void Run_WordsThatTell_AreLearnedInBothScripts()
    {
        var report = SentimentStudy.Run("made_up", Reviews(600), test: null, seed: 1, TimeProvider.System, _ => { });

        Assert.InRange(report.Main.Model["accuracy"], 0.95, 1);
        Assert.InRange(report.Main.Facts.Single(fact => fact.Name == "texts_per_second").Value, double.Epsilon, double.MaxValue);
    }

    [Fact]
    public void Run_CategoryNotTrainedOn_GetsItsOwnSection()
    {
        var reviews = Reviews(400);
        Review[] test = [.. reviews.Take(100), .. reviews.Take(100).Select(review => review with { Category = "unseen" })];

        var report = SentimentStudy.Run("made_up", reviews, test, seed: 1, TimeProvider.System, _ => { });

        Assert.Equal(2, report.Sections.Count);
        Assert.Equal(100, report.Sections[1].Cases);
    }

    [Fact]
    public void Run_OneLabelOnly_IsExplained() =>
        Assert.Throws<EvaluationException>(() => SentimentStudy.Run(
            "made_up", [new Review("good", true, "")], [new Review("bad", false, "")], seed: 1, TimeProvider.System, _ => { }));

    [Fact]
    public void Read_WideAndNarrowForms_GiveTheSameGrams()
    {
        var hasher = new NgramHasher();
        hasher.Read("ＧＯＯＤ  很好１");
        var wide = hasher.BucketsOfLast.ToList();
        hasher.Read("good 很好7");

        Assert.Equal(wide, hasher.BucketsOfLast);
    }

    private static List<Review> Reviews(int count)
    {
        var random = new Random(5);
        string[] good = ["excellent", "lovely", "很好", "喜欢"];
        string[] bad = ["terrible", "awful", "很差", "失望"];
        return
        [
            .. Enumerable.Range(0, count).Select(i =>
            {
                var words = i % 2 == 0 ? good : bad;
                return new Review($"item {random.Next(1000)} is {words[random.Next(4)]} 商品{random.Next(50)}", i % 2 == 0, "");
            }),
        ];
    }
}
