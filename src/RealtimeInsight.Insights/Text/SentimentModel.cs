using RealtimeInsight.Inference.Text;

namespace RealtimeInsight.Insights.Text;

/// <summary>
/// Sentiment from hashed n-grams: logistic regression on n-grams scaled by their naive Bayes log-count ratio (Wang and Manning 2012),
/// trained by AdaGrad. The same seed gives the same model.
/// </summary>
public sealed class SentimentModel
{
    private const int Epochs = 6;
    private const double LearningRate = 0.15;
    private const double Smoothing = 1;

    /// <summary>Length of every text's feature vector: it sets the size of the steps.</summary>
    private const double Norm = 1.5;

    /// <summary>Weights start a little on the side that the ratios point to.</summary>
    private const float StartWeight = 0.1f;

    /// <summary>Of texts that a model labelled itself; not a category that was met.</summary>
    internal const string AdaptedCategory = "\u0001adapted";

    private readonly float[] _weights;
    private readonly float[] _scales;
    private readonly double _intercept;

    private SentimentModel(SentimentSettings settings, float[] weights, float[] scales, double intercept)
    {
        Settings = settings;
        _weights = weights;
        _scales = scales;
        _intercept = intercept;
    }

    /// <param name="progress">Told which pass over the texts is under way.</param>
    public static SentimentModel Fit(
        IReadOnlyList<Review> reviews, SentimentSettings settings, int seed, Action<string>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(reviews);
        ArgumentNullException.ThrowIfNull(settings);
        if (reviews.Select(review => review.IsPositive).Distinct().Count() < 2)
        {
            throw new ArgumentException("reviews of both kinds are needed to learn from");
        }

        progress?.Invoke($"reading {reviews.Count} texts");
        var hasher = new NgramHasher(settings.WideGramMax, settings.Bits);
        var texts = new List<(int[] Buckets, float[] Values)>(reviews.Count);
        foreach (var review in reviews)
        {
            hasher.Read(review.Text);
            texts.Add(([.. hasher.BucketsOfLast], [.. hasher.CountsOfLast.Select(count => (float)(1 + Math.Log(count)))]));
        }

        var (ratios, scales) = Scales(texts, reviews, settings);
        KeepCommon(texts, reviews, settings, scales);
        foreach (var (buckets, values) in texts) Scale(buckets, values, scales);
        var weights = new float[1 << settings.Bits];
        for (var bucket = 0; bucket < weights.Length; bucket++) weights[bucket] = Math.Sign(ratios[bucket]) * StartWeight;
        var intercept = Train(texts, reviews, weights, seed, progress);
        return new SentimentModel(settings, weights, scales, intercept);
    }

    public SentimentSettings Settings { get; }

    /// <summary>What serves: the same model, its numbers rounded to half precision.</summary>
    /// <param name="knowsWideScripts">False where it was trained on no text in Chinese characters.</param>
    /// <param name="words">Hashes of the words of the languages with spaces that it was trained on.</param>
    public NgramWeights ToWeights(bool knowsWideScripts, IEnumerable<uint> words) => new(
        new NgramShape(Settings.Bits, Settings.WideGramMax, knowsWideScripts, (float)Norm, (float)_intercept), _scales, _weights, words);

    /// <summary>Probability that the text is positive.</summary>
    /// <param name="hasher">Of the settings' grams; the caller's own, one a thread.</param>
    public double Predict(string text, NgramHasher hasher) => 1 / (1 + Math.Exp(-Score(text, hasher)));

    /// <summary>The same model with other odds for a text of which nothing is known.</summary>
    internal SentimentModel Shifted(double by) => new(Settings, _weights, _scales, _intercept + by);

    /// <summary>Logit of <see cref="Predict"/>.</summary>
    internal double Score(string text, NgramHasher hasher)
    {
        ArgumentNullException.ThrowIfNull(hasher);
        ArgumentOutOfRangeException.ThrowIfNotEqual(hasher.WideGramMax, Settings.WideGramMax);
        hasher.Read(text);
        var (buckets, counts) = (hasher.BucketsOfLast, hasher.CountsOfLast);
        double score = 0, squares = 0;
        for (var i = 0; i < buckets.Count; i++)
        {
            var scale = _scales[buckets[i]];
            if (scale == 0) continue;
            var value = scale * (counts[i] == 1 ? 1 : 1 + Math.Log(counts[i]));
            score += value * _weights[buckets[i]];
            squares += value * value;
        }

        return _intercept + (squares > 0 ? score * Norm / Math.Sqrt(squares) : 0);
    }

    /// <summary>Log-count ratios, and the scale of each bucket made of them; 0 for buckets met once only.</summary>
    private static (float[] Ratios, float[] Scales) Scales(
        List<(int[] Buckets, float[] Values)> texts, IReadOnlyList<Review> reviews, SentimentSettings settings)
    {
        var buckets = 1 << settings.Bits;
        var (positive, negative) = (new float[buckets], new float[buckets]);
        double positives = 0, negatives = 0;
        for (var i = 0; i < texts.Count; i++)
        {
            var table = reviews[i].IsPositive ? positive : negative;
            if (reviews[i].IsPositive) positives++;
            else negatives++;
            foreach (var bucket in texts[i].Buckets) table[bucket]++;
        }

        var (ratios, scales) = (new float[buckets], new float[buckets]);
        for (var bucket = 0; bucket < ratios.Length; bucket++)
        {
            if (positive[bucket] + negative[bucket] < settings.TextsMin) continue;
            var ratio = Math.Log((positive[bucket] + Smoothing) / (positives + (2 * Smoothing)))
                - Math.Log((negative[bucket] + Smoothing) / (negatives + (2 * Smoothing)));
            ratios[bucket] = (float)ratio;
            scales[bucket] = (float)(settings.ScaleFloor + Math.Abs(ratio));
        }

        return (ratios, scales);
    }

    /// <summary>Takes the scale from n-grams that too few categories know; those of the texts that are asked about stay.</summary>
    private static void KeepCommon(
        List<(int[] Buckets, float[] Values)> texts, IReadOnlyList<Review> reviews, SentimentSettings settings, float[] scales)
    {
        var categories = reviews.Select(static review => review.Category).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(static (name, number) => (name, number)).ToDictionary(static pair => pair.name, static pair => pair.number + 1);
        var needed = Math.Min(settings.CategoriesMin, categories.Keys.Count(static category => !IsKept(category)));
        if (needed < 2) return;
        var (counts, last) = (new byte[scales.Length], new int[scales.Length]);
        foreach (var group in Enumerable.Range(0, texts.Count).GroupBy(i => categories[reviews[i].Category]))
        {
            var isKept = IsKept(reviews[group.First()].Category);
            foreach (var bucket in group.SelectMany(i => texts[i].Buckets))
            {
                if (last[bucket] == group.Key || counts[bucket] == byte.MaxValue) continue;
                last[bucket] = group.Key;
                counts[bucket] = isKept ? byte.MaxValue : (byte)(counts[bucket] + 1);
            }
        }

        for (var bucket = 0; bucket < scales.Length; bucket++)
        {
            if (counts[bucket] < needed) scales[bucket] = 0;
        }
    }

    /// <summary>What was told on purpose, or is asked about, stays though no category knows it.</summary>
    private static bool IsKept(string category) => category is AdaptedCategory or TextModelTraining.MadeCategory;

    private static void Scale(int[] buckets, float[] values, float[] scales)
    {
        double squares = 0;
        for (var i = 0; i < buckets.Length; i++)
        {
            values[i] *= scales[buckets[i]];
            squares += values[i] * values[i];
        }

        var factor = squares > 0 ? (float)(Norm / Math.Sqrt(squares)) : 0;
        for (var i = 0; i < values.Length; i++) values[i] *= factor;
    }

    private static double Train(
        List<(int[] Buckets, float[] Values)> texts, IReadOnlyList<Review> reviews, float[] weights, int seed, Action<string>? progress)
    {
        var random = new Random(seed);
        var order = Enumerable.Range(0, texts.Count).ToArray();
        var squares = new float[weights.Length];
        double intercept = 0, interceptSquares = 1;
        for (var epoch = 1; epoch <= Epochs; epoch++)
        {
            progress?.Invoke($"learning sentiment, pass {epoch} of {Epochs}");
            random.Shuffle(order);
            foreach (var i in order)
            {
                var (buckets, values) = texts[i];
                var score = intercept;
                for (var j = 0; j < buckets.Length; j++) score += values[j] * weights[buckets[j]];
                var error = (1 / (1 + Math.Exp(-score))) - (reviews[i].IsPositive ? 1 : 0);
                interceptSquares += error * error;
                intercept -= LearningRate * error / Math.Sqrt(interceptSquares);
                if (Math.Abs(error) < 1e-3) continue;
                for (var j = 0; j < buckets.Length; j++)
                {
                    var gradient = (float)error * values[j];
                    if (gradient == 0) continue;
                    ref var sum = ref squares[buckets[j]];
                    sum += gradient * gradient;
                    weights[buckets[j]] -= (float)LearningRate * gradient / MathF.Sqrt(sum + 0.1f);
                }
            }
        }

        return intercept;
    }
}
