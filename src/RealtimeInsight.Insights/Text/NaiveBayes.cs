namespace RealtimeInsight.Insights.Text;

/// <summary>The usual simple classifier on the same n-grams, as a baseline.</summary>
internal sealed class NaiveBayes
{
    private readonly NgramHasher _hasher = new();
    private readonly float[] _ratios = new float[1 << NgramHasher.BitsDefault];
    private double _prior;

    public static NaiveBayes Fit(IReadOnlyList<Review> reviews)
    {
        var model = new NaiveBayes();
        var (positive, negative) = (new float[1 << NgramHasher.BitsDefault], new float[1 << NgramHasher.BitsDefault]);
        double positives = 0, negatives = 0;
        foreach (var review in reviews)
        {
            model._hasher.Read(review.Text);
            var table = review.IsPositive ? positive : negative;
            foreach (var bucket in model._hasher.BucketsOfLast) table[bucket]++;
            if (review.IsPositive) positives++;
            else negatives++;
        }

        for (var bucket = 0; bucket < model._ratios.Length; bucket++)
        {
            model._ratios[bucket] = (float)(
                Math.Log((positive[bucket] + 1) / (positives + 2)) - Math.Log((negative[bucket] + 1) / (negatives + 2)));
        }

        model._prior = Math.Log((positives + 1) / (negatives + 1));
        return model;
    }

    public double Predict(string text)
    {
        _hasher.Read(text);
        var score = _prior;
        foreach (var bucket in _hasher.BucketsOfLast) score += _ratios[bucket];
        return 1 / (1 + Math.Exp(-score));
    }
}
