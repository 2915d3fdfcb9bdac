using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Inference.Monitoring;

/// <summary>
/// Gathers inputs and probabilities of a sample of training events and makes a <see cref="ModelReference"/> of them: up to
/// <see cref="Bins"/> bins a distribution, cut at its quantiles. Holds the sample, about 350 bytes an event. Not thread-safe.
/// </summary>
public sealed class ReferenceSample : IWatchedValues
{
    public const int Bins = 10;

    private readonly List<float>[] _inputs = [.. WatchedValues.Inputs.Select(static _ => new List<float>())];
    private readonly List<float>[] _scores = [.. ModelHeads.All.Select(static _ => new List<float>())];
    private readonly long[] _asked = new long[WatchedValues.Fields.Count];
    private readonly long[] _missing = new long[WatchedValues.Fields.Count];

    public int Count => _inputs[0].Count;

    /// <param name="scores">Calibrated.</param>
    public void Add(ReadOnlySpan<float> token, ReadOnlySpan<long> ids, ReadOnlySpan<float> profile, HeadScores scores) =>
        WatchedValues.Visit(token, ids, profile, scores, this);

    /// <exception cref="InvalidOperationException">There is no event, or none with an open cart.</exception>
    public ModelReference ToReference()
    {
        if (_scores.Any(static values => values.Count == 0))
        {
            throw new InvalidOperationException($"{Count} events, or none with an open cart, make no reference; take more of them");
        }

        return new ModelReference
        {
            Rows = Count,
            Inputs = WatchedValues.Inputs.Select((name, i) => (name, Histogram(_inputs[i]))).ToDictionary(),
            Scores = ModelHeads.All.Select((name, i) => (name, Histogram(_scores[i]))).ToDictionary(),
            Missing = WatchedValues.Fields.Select((name, i) => (name, _asked[i] == 0 ? 0d : Math.Round((double)_missing[i] / _asked[i], 6)))
                .ToDictionary(),
        };
    }

    private static ReferenceHistogram Histogram(List<float> values)
    {
        values.Sort();
        var edges = new List<float>();
        for (var bin = 1; bin < Bins; bin++)
        {
            // Values up to an edge, the edge included, are below it: the largest value is no edge.
            var edge = values[(int)((long)values.Count * bin / Bins)];
            if ((edges.Count == 0 || edge > edges[^1]) && edge < values[^1]) edges.Add(edge);
        }

        var shares = new double[edges.Count + 1];
        var at = 0;
        foreach (var value in values)
        {
            while (at < edges.Count && value > edges[at]) at++;
            shares[at]++;
        }

        return new ReferenceHistogram(
            values[0], values[^1], [.. edges.Select(static edge => (double)edge)],
            [.. shares.Select(share => Math.Round(share / values.Count, 6))]);
    }

    void IWatchedValues.Input(int input, float value) => _inputs[input].Add(value);

    void IWatchedValues.Score(ScoreHead head, float value) => _scores[(int)head].Add(value);

    void IWatchedValues.Field(int field, bool isMissing)
    {
        _asked[field]++;
        if (isMissing) _missing[field]++;
    }
}
