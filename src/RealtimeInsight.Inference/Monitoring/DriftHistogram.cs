using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Inference.Monitoring;

/// <summary>
/// Counts live values in the bins of a reference and says how far they moved: the population stability index, the sum over bins of
/// (live share - reference share) ln(live share / reference share), with half a value added to every bin of both so that an empty one
/// counts as rare. Known from credit scoring (Siddiqi, "Credit Risk Scorecards", 2006); below 0.1 is taken for no shift, above 0.25 for a
/// large one. Of two samples of one distribution it is about (bins - 1)(1/n + 1/m) by chance. Not thread-safe.
/// </summary>
internal sealed class DriftHistogram(ReferenceHistogram reference, long referenceRows)
{
    private readonly double[] _edges = [.. reference.Edges];
    private readonly float[] _current = new float[reference.Shares.Count];
    private readonly float[] _before = new float[reference.Shares.Count];
    private float _outsideCurrent;
    private float _outsideBefore;

    public void Add(float value)
    {
        if (!(value >= (float)reference.Min) || value > (float)reference.Max) _outsideCurrent++;
        var low = 0;
        var high = _edges.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (value <= (float)_edges[middle]) high = middle;
            else low = middle + 1;
        }

        _current[low]++;
    }

    /// <summary>Gives every value counted in this pane half its weight.</summary>
    public void Halve()
    {
        for (var bin = 0; bin < _current.Length; bin++) _current[bin] /= 2;
        _outsideCurrent /= 2;
    }

    /// <summary>Begins the next pane.</summary>
    public void Turn(bool isNext)
    {
        if (isNext) _current.CopyTo(_before, 0);
        else Array.Clear(_before);
        _outsideBefore = isNext ? _outsideCurrent : 0;
        Array.Clear(_current);
        _outsideCurrent = 0;
    }

    /// <summary>Null before the first value.</summary>
    public (double Psi, double OutOfRange)? Read()
    {
        double total = _current.Sum() + _before.Sum();
        if (total <= 0) return null;
        var bins = _current.Length;
        var psi = 0d;
        for (var bin = 0; bin < bins; bin++)
        {
            var live = (_current[bin] + _before[bin] + 0.5) / (total + (0.5 * bins));
            var expected = ((reference.Shares[bin] * referenceRows) + 0.5) / (referenceRows + (0.5 * bins));
            psi += (live - expected) * Math.Log(live / expected);
        }

        return (psi, (_outsideCurrent + _outsideBefore) / total);
    }
}
