using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Insights.Text;

/// <summary>Judges sentiment on reviews that were not trained on, in known categories and in ones never seen.</summary>
public static class SentimentStudy
{
    /// <summary>Reviews of a category from which it is worth leaving out to see how an unseen one would do.</summary>
    private const int CategoryMin = 500;

    private const double TestShare = 0.2;

    /// <param name="test">Null: a fifth of the training texts is kept out, and each category is left out in turn.</param>
    /// <param name="time">Measures texts a second on one thread.</param>
    public static EvaluationReport Run(
        string format, IReadOnlyList<Review> train, IReadOnlyList<Review>? test, int seed, TimeProvider time, Action<string> progress)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(progress);
        var (known, judged, split) = (train, test, "earlier files, other files");
        if (judged is null)
        {
            // Equal texts go to the same side: a copy in the training data would flatter the figures.
            var sides = train.Select(review => review.Text).Distinct(StringComparer.Ordinal).ToList();
            var random = new Random(seed);
            var kept = sides.Where(_ => random.NextDouble() < TestShare).ToHashSet(StringComparer.Ordinal);
            known = [.. train.Where(review => !kept.Contains(review.Text))];
            judged = [.. train.Where(review => kept.Contains(review.Text))];
            split = $"the same files: a random {TestShare:P0} of the texts was kept out";
        }

        Check(known, judged);
        var model = SentimentModel.Fit(known, SentimentSettings.Alike, seed, progress);
        progress($"judging {judged.Count} texts");
        var categories = known.Select(review => review.Category).ToHashSet(StringComparer.Ordinal);
        var strange = judged.Where(review => !categories.Contains(review.Category)).ToList();
        var sections = new List<ReportSection>();
        if (strange.Count < judged.Count || test is null) sections.Add(Section("all test texts", model, null, known, judged, seed, time));
        if (test is not null && strange.Count > 0)
        {
            var adapted = SentimentAdaptation.Fit(known, [.. strange.Select(review => review.Text)], seed, progress);
            sections.Add(Section("categories never trained on", model, adapted, known, strange, seed, time));
        }

        if (test is null) sections.AddRange(LeaveOut(train, seed, time, progress));
        return new EvaluationReport("sentiment", format, sections) { Split = split, TrainCases = known.Count };
    }

    private static IEnumerable<ReportSection> LeaveOut(IReadOnlyList<Review> reviews, int seed, TimeProvider time, Action<string> progress)
    {
        var categories = reviews.GroupBy(review => review.Category).Where(group => group.Count() >= CategoryMin).ToList();
        if (categories.Count < 2) yield break;
        foreach (var category in categories.OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            progress($"leaving out a category of {category.Count()} texts");
            Review[] others = [.. reviews.Where(review => review.Category != category.Key)];
            var model = SentimentModel.Fit(others, SentimentSettings.Alike, seed, progress);
            var adapted = SentimentAdaptation.Fit(others, [.. category.Select(review => review.Text)], seed, progress);
            yield return Section($"category {category.Key} left out of training", model, adapted, others, [.. category], seed, time);
        }
    }

    private static void Check(IReadOnlyList<Review> known, IReadOnlyList<Review> judged)
    {
        if (known.Count == 0 || judged.Count == 0) throw new EvaluationException("there is no text to train on or to judge");
        if (known.All(review => review.IsPositive) || known.All(review => !review.IsPositive))
        {
            throw new EvaluationException("every training text has the same label: both kinds are needed");
        }
    }

    /// <param name="adapted">Taken to the judged texts without their labels; null where these are like those trained on.</param>
    private static ReportSection Section(
        string name, SentimentModel model, SentimentModel? adapted, IReadOnlyList<Review> known, IReadOnlyList<Review> judged, int seed,
        TimeProvider time)
    {
        var hasher = new NgramHasher();
        var start = time.GetTimestamp();
        double[] probabilities = [.. judged.Select(review => model.Predict(review.Text, hasher))];
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        var rate = known.Average(review => review.IsPositive ? 1.0 : 0.0);
        var bayes = NaiveBayes.Fit(known);
        var plain = new BinaryEvaluation.Method("ngram_nb_logistic", probabilities, 0.5);
        var baselines = new List<BinaryEvaluation.Method>
        {
            new("naive_bayes", [.. judged.Select(review => bayes.Predict(review.Text))], 0.5),
            new("constant_rate", [.. judged.Select(_ => rate)], 0.5),
        };
        var main = plain;
        if (adapted is not null)
        {
            var adaptedHasher = new NgramHasher(adapted.Settings.WideGramMax);
            main = new("adapted_unlabelled", [.. judged.Select(review => adapted.Predict(review.Text, adaptedHasher))], 0.5);
            baselines.Insert(0, plain);
        }

        return BinaryEvaluation.Section(name, [.. judged.Select(review => review.IsPositive)], main, baselines, seed) with
        {
            Facts = [new MetricValue("texts_per_second", judged.Count / Math.Max(seconds, 1e-9))],
            Notes = main == plain ? [] :
            [
                "adapted_unlabelled learned from the judged texts as well, without their labels; ngram_nb_logistic never saw them",
            ],
        };
    }
}
