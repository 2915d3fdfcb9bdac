namespace RealtimeInsight.Insights.Evaluation;

/// <summary>
/// Probabilities beside what really happened, kept in descending order of probability, so that any re-weighting of the cases
/// (a bootstrap draw) is measured in one pass.
/// </summary>
public sealed class BinaryOutcomes
{
    /// <summary>Bins of equal size for the calibration error.</summary>
    public const int CalibrationBins = 10;

    private const double ProbabilityMin = 1e-15;

    private readonly bool[] _labels;
    private readonly double[] _probabilities;
    private readonly int[] _order;

    public BinaryOutcomes(IReadOnlyList<bool> labels, IReadOnlyList<double> probabilities)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(probabilities);
        if (labels.Count != probabilities.Count)
        {
            throw new ArgumentException($"{labels.Count} labels and {probabilities.Count} probabilities: give one of each a case");
        }

        _order = [.. Enumerable.Range(0, labels.Count)];
        var keys = probabilities.Select(probability => -probability).ToArray();
        Array.Sort(keys, _order);
        _labels = [.. _order.Select(index => labels[index])];
        _probabilities = [.. _order.Select(index => probabilities[index])];
    }

    public int Count => _labels.Length;

    public int Positives => _labels.Count(label => label);

    /// <summary>Measures every figure; a case is flagged when its probability reaches <paramref name="threshold"/>.</summary>
    /// <param name="weights">How often each case counts, in the callers' order; null: once.</param>
    public BinaryScores Measure(double threshold, IReadOnlyList<int>? weights = null)
    {
        double positives = 0, negatives = 0, pairs = 0, precisionSum = 0, brier = 0, loss = 0;
        double flagged = 0, flaggedPositives = 0;
        for (var start = 0; start < Count;)
        {
            var end = start;
            double tiedPositives = 0, tiedNegatives = 0;
            while (end < Count && _probabilities[end].Equals(_probabilities[start]))
            {
                var weight = weights is null ? 1 : weights[_order[end]];
                if (_labels[end]) tiedPositives += weight;
                else tiedNegatives += weight;
                end++;
            }

            var probability = _probabilities[start];
            pairs += tiedNegatives * (positives + (tiedPositives / 2));
            positives += tiedPositives;
            negatives += tiedNegatives;
            if (tiedPositives > 0) precisionSum += tiedPositives * positives / (positives + negatives);
            brier += (tiedPositives * (1 - probability) * (1 - probability)) + (tiedNegatives * probability * probability);
            loss -= (tiedPositives * Math.Log(Math.Max(probability, ProbabilityMin)))
                + (tiedNegatives * Math.Log(Math.Max(1 - probability, ProbabilityMin)));
            if (probability >= threshold)
            {
                flagged = positives + negatives;
                flaggedPositives = positives;
            }

            start = end;
        }

        var total = positives + negatives;
        var precision = flaggedPositives / flagged;
        var recall = flaggedPositives / positives;
        return new BinaryScores(
            pairs / (positives * negatives),
            precisionSum / positives,
            (flaggedPositives + (negatives - (flagged - flaggedPositives))) / total,
            precision,
            recall,
            flaggedPositives == 0 ? 0 : 2 * precision * recall / (precision + recall),
            brier / total,
            loss / total,
            CalibrationError(weights));
    }

    private double CalibrationError(IReadOnlyList<int>? weights)
    {
        double error = 0, total = 0;
        var to = 0;
        for (var bin = 0; bin < CalibrationBins; bin++)
        {
            // Equal probabilities stay in one bin: their order is arbitrary.
            var from = to;
            to = Math.Max(from, (int)((long)Count * (bin + 1) / CalibrationBins));
            while (to > from && to < Count && _probabilities[to].Equals(_probabilities[to - 1])) to++;
            double gap = 0;
            for (var i = from; i < to; i++)
            {
                var weight = weights is null ? 1 : weights[_order[i]];
                gap += weight * ((_labels[i] ? 1 : 0) - _probabilities[i]);
                total += weight;
            }

            error += Math.Abs(gap);
        }

        return error / total;
    }
}
