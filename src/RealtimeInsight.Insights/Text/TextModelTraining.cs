using RealtimeInsight.Inference.Text;

namespace RealtimeInsight.Insights.Text;

/// <summary>
/// Trains what the engine serves for reviews and messages: sentiment on n-grams from labelled texts and from a book of phrases. Of the
/// phrases little texts are made, two to four of one side in a row, so that a language without training texts is known at least by them.
/// </summary>
public static class TextModelTraining
{
    /// <summary>Made texts of each language; where there are many real ones they weigh little.</summary>
    private const int MadeTexts = 3000;

    /// <summary>Of texts that were made of phrases; not a category that was met.</summary>
    internal const string MadeCategory = "\u0001made";

    /// <summary>A text with less than this part of its letters in scripts without spaces has words.</summary>
    private const double WideShare = 0.1;

    /// <summary>Texts in which a word has to be met to count as one of the model's languages.</summary>
    private const int WordTextsMin = 3;

    /// <param name="reviews">May be empty: the phrases alone are learned then.</param>
    public static NgramWeights Fit(
        IReadOnlyList<Review> reviews, PhraseBook phrases, SentimentSettings settings, int seed, Action<string>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(reviews);
        ArgumentNullException.ThrowIfNull(phrases);
        Review[] all =
            [.. reviews, .. Made(phrases, isWide: true, MadeTexts, seed), .. Made(phrases, isWide: false, MadeTexts, seed)];
        var model = SentimentModel.Fit(all, settings, seed, progress);
        return model.ToWeights(all.Any(static review => IsWide(review.Text)), Words(all));
    }

    internal static bool IsWide(string text) => text.Count(NgramText.IsWide) > WideShare * text.Length;

    /// <summary>Texts of phrases in scripts without spaces, or in ones with spaces; none where the book has none of both kinds.</summary>
    internal static IEnumerable<Review> Made(PhraseBook phrases, bool isWide, int count, int seed)
    {
        var random = new Random(seed);
        string[] positive = [.. phrases.Positive.Where(phrase => IsWide(phrase) == isWide)];
        string[] negative = [.. phrases.Negative.Where(phrase => IsWide(phrase) == isWide)];
        if (positive.Length == 0 || negative.Length == 0) yield break;
        for (var i = 0; i < count; i++)
        {
            var side = i % 2 == 0 ? positive : negative;
            var parts = Enumerable.Range(0, random.Next(1, 5)).Select(_ => side[random.Next(side.Length)]);
            yield return new Review(string.Join(isWide ? "\uff0c" : ". ", parts), i % 2 == 0, MadeCategory);
        }
    }

    private static IEnumerable<uint> Words(IReadOnlyList<Review> reviews)
    {
        var texts = new Dictionary<uint, int>();
        var (clean, seen) = (new char[NgramText.LengthMax], new HashSet<uint>());
        foreach (var review in reviews)
        {
            if (IsWide(review.Text)) continue;
            seen.Clear();
            NgramEncoder.ReadWords(clean.AsSpan(0, NgramText.Clean(review.Text, clean)), seen);
            foreach (var word in seen) texts[word] = texts.GetValueOrDefault(word) + 1;
        }

        return texts.Where(static pair => pair.Value >= WordTextsMin).Select(static pair => pair.Key);
    }
}
