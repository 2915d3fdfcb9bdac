using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Inference;

/// <summary>
/// How a shadow's scores compare with those that served, for the same customers at the same events. Running statistics since the shadow
/// was set; they take the same memory however many scores there are. Thread-safe.
/// </summary>
/// <param name="share">Whose events the shadow scores.</param>
public sealed class ShadowTally(CustomerShare share)
{
    private readonly Lock _gate = new();
    private readonly Moments[] _heads = [new(), new(), new()];
    private long _skipped;
    private long _failed;

    public CustomerShare Share { get; } = share;

    /// <summary>Takes in one event's scores of both.</summary>
    public void Add(HeadScores shadow, HeadScores serving)
    {
        lock (_gate)
        {
            _heads[0].Add(shadow.Churn, serving.Churn);
            _heads[1].Add(shadow.Abandonment, serving.Abandonment);
            _heads[2].Add(shadow.Purchase, serving.Purchase);
        }
    }

    /// <summary>Events of the share that were left out because the shadow's time was used up.</summary>
    public void Skip(long events) => Interlocked.Add(ref _skipped, events);

    /// <summary>Events that the shadow could not score.</summary>
    public void Fail(long events) => Interlocked.Add(ref _failed, events);

    public ShadowComparison Read()
    {
        lock (_gate)
        {
            var (skipped, failed) = (Volatile.Read(ref _skipped), Volatile.Read(ref _failed));
            return new ShadowComparison(_heads[0].Count, skipped, failed, _heads[0].Read(), _heads[1].Read(), _heads[2].Read());
        }
    }

    /// <summary>Welford's running moments of two variables and of their difference.</summary>
    private sealed class Moments
    {
        private double _shadow;
        private double _serving;
        private double _shadowSquares;
        private double _servingSquares;
        private double _products;
        private double _difference;
        private double _differenceMax;

        public long Count { get; private set; }

        public void Add(double shadow, double serving)
        {
            Count++;
            var (fromShadow, fromServing) = (shadow - _shadow, serving - _serving);
            _shadow += fromShadow / Count;
            _serving += fromServing / Count;
            _shadowSquares += fromShadow * (shadow - _shadow);
            _servingSquares += fromServing * (serving - _serving);
            _products += fromShadow * (serving - _serving);
            var difference = Math.Abs(shadow - serving);
            _difference += (difference - _difference) / Count;
            _differenceMax = Math.Max(_differenceMax, difference);
        }

        public HeadComparison? Read()
        {
            if (Count == 0) return null;
            var spread = Math.Sqrt(_shadowSquares * _servingSquares);
            return new HeadComparison(_shadow, _serving, _difference, _differenceMax, spread > 0 ? _products / spread : null);
        }
    }
}

/// <param name="Scores">Events scored by both.</param>
/// <param name="Skipped">Events left out because the shadow's time was used up.</param>
/// <param name="Failed">Events that the shadow could not score.</param>
/// <param name="Churn">Null before the first score; so are the others.</param>
public sealed record ShadowComparison(
    long Scores, long Skipped, long Failed, HeadComparison? Churn, HeadComparison? Abandonment, HeadComparison? Purchase);

/// <param name="Mean">Mean of the shadow's probabilities.</param>
/// <param name="ServingMean">Mean of those that served.</param>
/// <param name="MeanDifference">Mean of the absolute differences.</param>
/// <param name="LargestDifference">Largest absolute difference.</param>
/// <param name="Correlation">Pearson's; null where one of them never changed.</param>
public sealed record HeadComparison(
    double Mean, double ServingMean, double MeanDifference, double LargestDifference, double? Correlation);
