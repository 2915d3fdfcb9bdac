namespace RealtimeInsight.Insights.Text;

/// <summary>
/// Takes a sentiment model to texts of a kind that it was not trained on, from those texts alone, without a label. Beside the known texts
/// it learns from phrases that are said of everything. Then, three times, the odds move up to half of the way to the border that parts
/// the scores best in two (Otsu 1979), the model labels what it is sure of and learns again (self-training: Yarowsky 1995), so that the
/// new kind's own words find their side. Half, because kinds whose texts are nearly all of one side have no such border.
/// </summary>
public static class SentimentAdaptation
{
    /// <summary>Fewest texts that say anything about their kind.</summary>
    public const int TextsMin = 200;

    /// <summary>Logit from which a label is trusted: the odds are e to 1.</summary>
    private const double SureFrom = 1;

    /// <summary>How far the odds move towards the border, where very many texts tell where it is.</summary>
    private const double BorderShare = 0.5;

    /// <summary>With so many texts the odds move half as far: few texts say little about where the border is.</summary>
    private const double BorderTexts = 500;

    /// <summary>Texts made of phrases, which are said of things of every kind.</summary>
    private const int MadeTexts = 9000;

    /// <summary>Times that the texts are labelled and learned from: each time more of their own words are known.</summary>
    private const int Rounds = 3;

    /// <summary>Keeps the borders away from a few strange texts.</summary>
    private const double Edge = 0.05;

    /// <param name="texts">Of the new kind.</param>
    /// <returns>With fewer than <see cref="TextsMin"/> texts the model that never saw them.</returns>
    public static SentimentModel Fit(
        IReadOnlyList<Review> known, IReadOnlyList<string> texts, int seed, Action<string>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(texts);
        var isWide = texts.Count(TextModelTraining.IsWide) * 2 > texts.Count;
        Review[] taught = [.. known, .. TextModelTraining.Made(PhraseBook.Shipped, isWide, MadeTexts, seed)];
        var model = SentimentModel.Fit(taught, SentimentSettings.Elsewhere, seed, progress);
        if (texts.Count < TextsMin) return model;
        var hasher = new NgramHasher(model.Settings.WideGramMax);
        for (var round = 1; round <= Rounds; round++)
        {
            progress?.Invoke($"labelling {texts.Count} texts of another kind, round {round} of {Rounds}");
            model = Centred(model, texts, hasher);
            var labelled = texts.Select(text => (Text: text, Score: model.Score(text, hasher)))
                .Where(static one => Math.Abs(one.Score) > SureFrom)
                .Select(static one => new Review(one.Text, one.Score > 0, SentimentModel.AdaptedCategory));
            model = SentimentModel.Fit([.. taught, .. labelled], model.Settings, seed, progress);
        }

        return Centred(model, texts, hasher);
    }

    /// <summary>The same with odds moved towards the border of the texts' scores: the further, the more texts tell where it is.</summary>
    private static SentimentModel Centred(SentimentModel model, IReadOnlyList<string> texts, NgramHasher hasher)
    {
        var share = BorderShare * texts.Count / (texts.Count + BorderTexts);
        return model.Shifted(-share * Border([.. texts.Select(text => model.Score(text, hasher))]));
    }

    /// <summary>The border between two groups of scores, which are sorted, that leaves them the least variance within.</summary>
    public static double Border(double[] scores)
    {
        Array.Sort(scores);
        var before = new double[scores.Length + 1];
        for (var i = 0; i < scores.Length; i++) before[i + 1] = before[i] + scores[i];
        var (best, border) = (double.NegativeInfinity, 0.0);
        var edge = (int)(scores.Length * Edge);
        for (var count = Math.Max(1, edge); count <= scores.Length - Math.Max(1, edge); count++)
        {
            double left = before[count] / count, right = (before[^1] - before[count]) / (scores.Length - count);
            var between = (double)count * (scores.Length - count) * (left - right) * (left - right);
            if (between <= best || scores[count - 1] == scores[count]) continue;
            (best, border) = (between, (scores[count - 1] + scores[count]) / 2);
        }

        return border;
    }
}
