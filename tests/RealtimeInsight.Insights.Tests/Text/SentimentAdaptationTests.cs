using FsCheck;
using FsCheck.Fluent;
using RealtimeInsight.Insights.Text;

namespace RealtimeInsight.Insights.Tests.Text;

public sealed class SentimentAdaptationTests
{
    private static readonly string[] s_good = ["很好", "满意", "喜欢", "excellent"];
    private static readonly string[] s_bad = ["很差", "失望", "糟糕", "terrible"];

    [Fact]
    public void Fit_TextsOfAnotherKind_LearnsTheirOwnWordsWithoutLabels()
    {
        var known = Reviews(600, "shoes", "合脚", "磨脚", general: 1, seed: 1)
            .Concat(Reviews(600, "lamps", "明亮", "太暗", general: 1, seed: 2))
            .Concat(Reviews(600, "books", "精彩", "无聊", general: 1, seed: 3)).ToList();
        var other = Reviews(1000, "food", "好吃", "难吃", general: 0.5, seed: 4);
        var plain = SentimentModel.Fit(known, SentimentSettings.Alike, seed: 1);

        var adapted = SentimentAdaptation.Fit(known, [.. other.Select(static review => review.Text)], seed: 1);

        Assert.InRange(Accuracy(plain, other), 0.5, 0.85);
        Assert.InRange(Accuracy(adapted, other), 0.95, 1);
    }

    [Fact]
    public void Fit_TooFewTexts_IsTheModelThatNeverSawThem()
    {
        var known = Reviews(400, "shoes", "合脚", "磨脚", general: 1, seed: 1);
        var food = Reviews(SentimentAdaptation.TextsMin - 1, "food", "好吃", "难吃", general: 1, seed: 2);
        string[] few = [.. food.Select(static review => review.Text)];
        var hasher = new NgramHasher(SentimentSettings.Elsewhere.WideGramMax);

        var adapted = SentimentAdaptation.Fit(known, few, seed: 1);
        var unseen = SentimentAdaptation.Fit(known, [few[0]], seed: 1);

        Assert.All(few, text => Assert.Equal(unseen.Predict(text, hasher), adapted.Predict(text, hasher)));
    }

    [Fact]
    public void Fit_SameInput_GivesTheSameModel()
    {
        var known = Reviews(400, "shoes", "合脚", "磨脚", general: 1, seed: 1);
        string[] texts = [.. Reviews(300, "food", "好吃", "难吃", general: 0.7, seed: 2).Select(static one => one.Text)];
        var hasher = new NgramHasher(SentimentSettings.Elsewhere.WideGramMax);

        var (first, second) = (SentimentAdaptation.Fit(known, texts, seed: 7), SentimentAdaptation.Fit(known, texts, seed: 7));

        Assert.All(texts, text => Assert.Equal(first.Predict(text, hasher), second.Predict(text, hasher)));
    }

    [Fact]
    public void Border_TwoGroups_LiesBetweenThem()
    {
        double[] scores = [.. Enumerable.Range(0, 70).Select(static i => -3 + (i / 100.0)), 2, 2.5, 3, 3.1, 3.2];

        Assert.InRange(SentimentAdaptation.Border(scores), -2.3, 2);
    }

    [Fact]
    public void Border_AnyScores_LiesAmongThem() => Prop.ForAll<double[]>(static scores =>
    {
        double[] finite = [.. scores.Where(static score => Math.Abs(score) < 1e6), 0];
        var border = SentimentAdaptation.Border(finite);
        return (border >= finite.Min() && border <= finite.Max()) || border == 0;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Predict_HasherOfOtherGrams_IsRefused()
    {
        var model = SentimentModel.Fit(Reviews(50, "shoes", "合脚", "磨脚", general: 1, seed: 1), SentimentSettings.Alike, seed: 1);

        Assert.Throws<ArgumentOutOfRangeException>(() => model.Predict("很好", new NgramHasher(3)));
    }

    private static double Accuracy(SentimentModel model, List<Review> reviews)
    {
        var hasher = new NgramHasher(model.Settings.WideGramMax);
        return reviews.Average(review => model.Predict(review.Text, hasher) > 0.5 == review.IsPositive ? 1.0 : 0);
    }

    /// <param name="general">Part of the texts that hold a word that tells in every category.</param>
    private static List<Review> Reviews(int count, string category, string good, string bad, double general, int seed)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, count).Select(i =>
            {
                var isGood = i % 2 == 0;
                var words = random.NextDouble() < general ? (isGood ? s_good : s_bad)[random.Next(4)] : "";
                var text = $"{category} {random.Next(100)} {words} {(isGood ? good : bad)} 第{random.Next(30)}次";
                return new Review(text, isGood, category);
            }),
        ];
    }
}
