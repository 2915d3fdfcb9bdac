using RealtimeInsight.Domain.Text;
using RealtimeInsight.Inference.Text;
using RealtimeInsight.Insights.Text;

namespace RealtimeInsight.Insights.Tests.Text;

public sealed class TextModelTrainingTests
{
    [Fact]
    public void Fit_OfPhrasesAlone_KnowsBothLanguages()
    {
        var weights = TextModelTraining.Fit([], PhraseBook.Shipped, SentimentSettings.Alike with { Bits = 16 }, seed: 1);

        Assert.All(
            (string[])["质量很好，物流很快，非常满意", "味道很好，下次还会再来", "great quality, highly recommend, very happy"],
            text => Assert.True(Score(weights, text) > 0, text));
        Assert.All(
            (string[])["质量太差了，要退货", "等了好几天还没到，客服不理人", "very disappointed, poor quality, waste of money"],
            text => Assert.True(Score(weights, text) < 0, text));
        Assert.True(weights.Shape.KnowsWideScripts);
    }

    [Fact]
    public void Fit_Twice_GivesTheSameBytes()
    {
        Review[] reviews =
            [.. Enumerable.Range(0, 60).Select(static i => new Review($"item {i} is {(i % 2 == 0 ? "fine" : "rotten")}", i % 2 == 0, ""))];
        var settings = SentimentSettings.Alike with { Bits = 16 };

        Assert.Equal(
            TextModelTraining.Fit(reviews, PhraseBook.Shipped, settings, seed: 3).ToBytes(),
            TextModelTraining.Fit(reviews, PhraseBook.Shipped, settings, seed: 3).ToBytes());
    }

    [Fact]
    public void Shipped_HasPhrasesOfEveryTopicInBothLanguages()
    {
        Assert.Equal(TopicNames.All, PhraseBook.Shipped.Topics.Keys);
        Assert.All(PhraseBook.Shipped.Topics.Values, static phrases =>
        {
            Assert.Contains(phrases, TextModelTraining.IsWide);
            Assert.Contains(phrases, static phrase => !TextModelTraining.IsWide(phrase));
            Assert.Equal(phrases.Count, phrases.Distinct(StringComparer.Ordinal).Count());
        });
        Assert.Empty(PhraseBook.Shipped.Positive.Intersect(PhraseBook.Shipped.Negative));
    }

    [Theory]
    [InlineData("late, lost", "'late, lost' is neither a [section] nor a language")]
    [InlineData("[delivery]\nlate, lost", "'late, lost' is neither a [section] nor a language")]
    [InlineData("[weather]\nen: rain", "weather: not a topic, nor positive or negative")]
    public void Parse_OfAnotherForm_SaysWhat(string text, string problem) => Assert.Contains(
        problem, Assert.Throws<FormatException>(() => PhraseBook.Parse(new StringReader(text))).Message, StringComparison.Ordinal);

    private static float Score(NgramWeights weights, string text)
    {
        var ids = new long[512];
        var (count, _) = new NgramEncoder(weights, new PhraseTopics([])).Encode(text, ids);
        Assert.True(count > 0, text);
        return weights.Score([.. ids[..count].Select(static id => (int)id)]);
    }
}
