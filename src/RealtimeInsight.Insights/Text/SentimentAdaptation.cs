namespace RealtimeInsight.Insights.Text;

/// <summary>
/// Takes a sentiment model to texts of a kind that it was not trained on, from those texts alone, without a label: the model labels what it
/// is sure of, learns again from its training texts and these (self-training: Yarowsky 1995), so that the new kind's own words find their
/// side; then the odds move half of the way to the border that parts the new scores best in two (Otsu 1979). Half, because kinds whose
/// texts are nearly all of one side have no such border.
/// </summary>
public static class SentimentAdaptation
{
    /// <summary>Fewest texts that say anything about their kind.</summary>
    public const int TextsMin = 200;

    /// <summary>Logit from which a label is trusted: the odds are e to 1.</summary>
    private const double SureFrom = 1;

    private const double BorderShare = 0.5;

    /// <summary>Keeps the borders away from a few strange texts.</summary>
    private const double Edge = 0.05;

    /// <param name="texts">Of the new kind.</param>
    /// <returns>With fewer than <see cref="TextsMin"/> texts the model that never saw them.</returns>
    public static SentimentModel Fit(
        IReadOnlyList<Review> known, IReadOnlyList<string> texts, int seed, Action<string>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(texts);
        var model = SentimentModel.Fit(known, SentimentSettings.Elsewhere, seed, progress);
        if (texts.Count < TextsMin) return model;
        progress?.Invoke($"labelling {texts.Count} texts of another kind");
        var hasher = new NgramHasher(model.Settings.WideGramMax);
        var labelled = texts.Select(text => (Text: text, Score: model.Score(text, hasher)))
            .Where(static one => Math.Abs(one.Score) > SureFrom)
            .Select(static one => new Review(one.Text, one.Score > 0, SentimentModel.AdaptedCategory));
        var adapted = SentimentModel.Fit([.. known, .. labelled], model.Settings, seed, progress);
        return adapted.Shifted(-BorderShare * Border([.. texts.Select(text => adapted.Score(text, hasher))]));
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
