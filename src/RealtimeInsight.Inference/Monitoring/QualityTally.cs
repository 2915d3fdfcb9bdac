namespace RealtimeInsight.Inference.Monitoring;

/// <summary>
/// Quality of probabilities whose outcomes became known, in memory that does not grow. Scores are counted in <see cref="Bins"/> bins of
/// equal width, by outcome; Brier score and log loss are exact sums.
/// <para>
/// The area under the ROC curve is the Mann-Whitney statistic over the bins, two scores of one bin counting one half (Hanley and McNeil,
/// "The meaning and use of the area under a receiver operating characteristic (ROC) curve", Radiology 143, 1982; binned: Bouckaert,
/// "Efficient AUC learning curve calculation", 2006). A pair of a positive and a negative in one bin is right by 0, one half or 1 in truth
/// and by one half here, so the exact area differs by at most half of the share of such pairs, which is known:
/// <see cref="QualityFigures.AucError"/>.
/// </para>
/// <para>The calibration error takes a bin's middle for its scores, which is wrong by at most half a bin: 1/4096.</para>
/// Not thread-safe.
/// </summary>
public sealed class QualityTally
{
    public const int Bins = 2048;
    public const int CalibrationGroups = 10;

    /// <summary>Probabilities are kept this far from 0 and 1 in the log loss, as training does.</summary>
    public const double LogLossClip = 1e-7;

    private readonly int[] _positives = new int[Bins];
    private readonly int[] _negatives = new int[Bins];
    private long _count;
    private long _positiveCount;
    private double _scores;
    private double _squares;
    private double _logLoss;

    public long Count => _count;

    /// <param name="probability">0 to 1; what is outside or not a number is counted at the nearest end.</param>
    public void Add(float probability, bool outcome)
    {
        var clamped = probability > 0f ? Math.Min(probability, 1f) : 0f;
        var bin = Math.Min((int)(clamped * Bins), Bins - 1);
        if (outcome) _positives[bin]++;
        else _negatives[bin]++;
        _count++;
        if (outcome) _positiveCount++;
        _scores += clamped;
        var difference = clamped - (outcome ? 1d : 0d);
        _squares += difference * difference;
        _logLoss += LogLossOf(clamped, outcome);
    }

    /// <summary>Adds what another tally has counted.</summary>
    public void Add(QualityTally other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var bin = 0; bin < Bins; bin++)
        {
            _positives[bin] += other._positives[bin];
            _negatives[bin] += other._negatives[bin];
        }

        _count += other._count;
        _positiveCount += other._positiveCount;
        _scores += other._scores;
        _squares += other._squares;
        _logLoss += other._logLoss;
    }

    public void Clear()
    {
        Array.Clear(_positives);
        Array.Clear(_negatives);
        (_count, _positiveCount, _scores, _squares, _logLoss) = (0, 0, 0, 0, 0);
    }

    /// <summary>Null before the first outcome.</summary>
    public QualityFigures? Read()
    {
        if (_count == 0) return null;
        var (auc, error) = Area();
        var groups = Groups();
        var deviation = groups.Sum(static group => group.Count * Math.Abs(group.MeanScore - group.Rate)) / _count;
        return new QualityFigures(
            _count, _positiveCount, (double)_positiveCount / _count, _scores / _count, auc, error, auc is { } area ? Spread(area) : null,
            _squares / _count, _logLoss / _count, deviation, groups);
    }

    /// <summary>The log loss of one probability.</summary>
    public static double LogLossOf(double probability, bool outcome)
    {
        var clipped = Math.Clamp(probability, LogLossClip, 1 - LogLossClip);
        return -Math.Log(outcome ? clipped : 1 - clipped);
    }

    internal void Write(BinaryWriter writer)
    {
        writer.Write(_scores);
        writer.Write(_squares);
        writer.Write(_logLoss);
        writer.Write(_count == 0 ? 0 : Bins);
        if (_count == 0) return;
        foreach (var count in _positives) writer.Write7BitEncodedInt(count);
        foreach (var count in _negatives) writer.Write7BitEncodedInt(count);
    }

    /// <exception cref="InvalidDataException">Written with other bins.</exception>
    internal void Read(BinaryReader reader)
    {
        Clear();
        (_scores, _squares, _logLoss) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        var bins = reader.ReadInt32();
        if (bins == 0) return;
        if (bins != Bins) throw new InvalidDataException($"it holds tallies of {bins} bins, this program has {Bins}");
        for (var bin = 0; bin < Bins; bin++) _positiveCount += _positives[bin] = reader.Read7BitEncodedInt();
        _count = _positiveCount;
        for (var bin = 0; bin < Bins; bin++) _count += _negatives[bin] = reader.Read7BitEncodedInt();
    }

    private (double? Auc, double Error) Area()
    {
        var negativeCount = _count - _positiveCount;
        if (_positiveCount == 0 || negativeCount == 0) return (null, 0);
        double below = 0, won = 0, tied = 0;
        for (var bin = 0; bin < Bins; bin++)
        {
            double positives = _positives[bin], negatives = _negatives[bin];
            won += positives * below;
            tied += positives * negatives;
            below += negatives;
        }

        var pairs = (double)_positiveCount * negativeCount;
        return ((won + (tied / 2)) / pairs, tied / 2 / pairs);
    }

    /// <summary>Standard error of the area by Hanley and McNeil.</summary>
    private double Spread(double area)
    {
        double positives = _positiveCount, negatives = _count - _positiveCount;
        var square = area * area;
        var variance = (area * (1 - area)) + ((positives - 1) * ((area / (2 - area)) - square))
            + ((negatives - 1) * ((2 * square / (1 + area)) - square));
        return Math.Sqrt(Math.Max(0, variance) / (positives * negatives));
    }

    /// <summary>Groups of about equal size in the order of the scores; a bin is not parted.</summary>
    private ReliabilityGroup[] Groups()
    {
        var counts = new long[CalibrationGroups];
        var scores = new double[CalibrationGroups];
        var positives = new long[CalibrationGroups];
        var before = 0L;
        for (var bin = 0; bin < Bins; bin++)
        {
            long count = _positives[bin] + _negatives[bin];
            if (count == 0) continue;
            var group = (int)((before + (count / 2)) * CalibrationGroups / _count);
            counts[group] += count;
            scores[group] += count * ((bin + 0.5) / Bins);
            positives[group] += _positives[bin];
            before += count;
        }

        return
        [
            .. Enumerable.Range(0, CalibrationGroups).Where(group => counts[group] > 0).Select(group => new ReliabilityGroup(
                counts[group], scores[group] / counts[group], (double)positives[group] / counts[group])),
        ];
    }
}
