namespace RealtimeInsight.Inference.Monitoring;

/// <summary>
/// By how much one model's log loss is lower than another's over the same scores of the same customers. The interval is robust to several
/// scores of one customer: customers are in <see cref="Clusters"/> clusters by the hash of their ids, and the spread between clusters
/// counts (ratio estimator over clusters; Cochran, "Sampling Techniques", 1977, chapter 9A). Not thread-safe.
/// </summary>
public sealed class PairedLoss
{
    public const int Clusters = 64;

    /// <summary>Student's t for 95 % at 63 degrees of freedom; with fewer clusters in use the interval is too narrow by a few per
    /// cent.</summary>
    private const double Quantile = 1.998;

    private readonly double[] _sums = new double[Clusters];
    private readonly long[] _counts = new long[Clusters];

    /// <param name="customer">Stable hash of the customer's id.</param>
    public void Add(ulong customer, float model, float other, bool outcome)
    {
        var cluster = (int)(customer % Clusters);
        _sums[cluster] += QualityTally.LogLossOf(model, outcome) - QualityTally.LogLossOf(other, outcome);
        _counts[cluster]++;
    }

    /// <summary>Null before the first pair.</summary>
    public PairedFigures? Read()
    {
        var count = _counts.Sum();
        if (count == 0) return null;
        var mean = _sums.Sum() / count;
        var used = _counts.Count(static one => one > 0);
        if (used < 2) return new PairedFigures(count, mean, null, null);
        var squares = 0d;
        for (var i = 0; i < Clusters; i++)
        {
            var rest = _sums[i] - (mean * _counts[i]);
            squares += rest * rest;
        }

        var half = Quantile * Math.Sqrt(squares * used / (used - 1)) / count;
        return new PairedFigures(count, mean, mean - half, mean + half);
    }

    internal void Write(BinaryWriter writer)
    {
        foreach (var sum in _sums) writer.Write(sum);
        foreach (var count in _counts) writer.Write(count);
    }

    internal void Read(BinaryReader reader)
    {
        for (var i = 0; i < Clusters; i++) _sums[i] = reader.ReadDouble();
        for (var i = 0; i < Clusters; i++) _counts[i] = reader.ReadInt64();
    }
}

/// <param name="N">Outcomes that both had scored.</param>
/// <param name="LogLossDifference">The model's log loss less the other's: below 0 where the model is better.</param>
/// <param name="From">Lower end of the 95 % interval; null for customers of one cluster only.</param>
public sealed record PairedFigures(long N, double LogLossDifference, double? From, double? To);
