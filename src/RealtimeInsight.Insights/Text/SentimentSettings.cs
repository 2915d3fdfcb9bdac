namespace RealtimeInsight.Insights.Text;

/// <summary>What a sentiment model learns from. Chosen by leaving out categories in turn, or texts, of the training data.</summary>
/// <param name="WideGramMax">Longest n-gram in scripts without spaces.</param>
/// <param name="ScaleFloor">How much an n-gram counts that is as common in both kinds of texts.</param>
/// <param name="CategoriesMin">Categories in which an n-gram has to be met, where there are as many.</param>
public sealed record SentimentSettings(int WideGramMax, double ScaleFloor, int CategoriesMin)
{
    /// <summary>Number of hash buckets, as a power of two.</summary>
    public int Bits { get; init; } = NgramHasher.BitsDefault;

    /// <summary>Texts in which an n-gram has to be met.</summary>
    public int TextsMin { get; init; } = 2;

    /// <summary>For texts like those trained on: everything that tells counts, a category's own words among it.</summary>
    public static SentimentSettings Alike { get; } = new(4, 0.25, 1);

    /// <summary>For texts about something else: short n-grams that several categories share, weighed more evenly.</summary>
    public static SentimentSettings Elsewhere { get; } = new(3, 1, 3);
}
