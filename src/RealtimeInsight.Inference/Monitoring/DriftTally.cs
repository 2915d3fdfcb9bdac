using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Inference.Monitoring;

/// <summary>
/// Inputs and probabilities of a sample of live events against the model's reference, over the last one to two windows of event time. A
/// pane that has taken <see cref="SampleMax"/> events takes half as many from then on and halves what it has, so that memory and time are
/// bounded and every part of the pane counts alike. Not thread-safe.
/// </summary>
internal sealed class DriftTally : IWatchedValues
{
    /// <summary>Events that a pane takes before it halves its sample.</summary>
    public const int SampleMax = 8192;

    private readonly long _windowMs;
    private readonly DriftHistogram[] _inputs;
    private readonly DriftHistogram[] _scores;
    private readonly float[] _asked = new float[WatchedValues.Fields.Count];
    private readonly float[] _missing = new float[WatchedValues.Fields.Count];
    private readonly float[] _askedBefore = new float[WatchedValues.Fields.Count];
    private readonly float[] _missingBefore = new float[WatchedValues.Fields.Count];
    private readonly ModelReference _reference;
    private long _pane = long.MinValue;
    private float _samples;
    private float _samplesBefore;
    private int _halvings;

    private DriftTally(ModelReference reference, TimeSpan window)
    {
        _reference = reference;
        _windowMs = (long)window.TotalMilliseconds;
        _inputs = [.. WatchedValues.Inputs.Select(name => new DriftHistogram(reference.Inputs[name], reference.Rows))];
        _scores = [.. ModelHeads.All.Select(name => new DriftHistogram(reference.Scores[name], reference.Rows))];
    }

    /// <summary>Null where there is no reference, or one that lacks an input or a head.</summary>
    public static DriftTally? Of(ModelReference? reference, TimeSpan window) =>
        reference is not null && WatchedValues.Inputs.All(reference.Inputs.ContainsKey) && ModelHeads.All.All(reference.Scores.ContainsKey)
            ? new DriftTally(reference, window) : null;

    /// <summary>Largest draw that is in the sample now.</summary>
    public ulong SampledUpTo => ulong.MaxValue >> _halvings;

    /// <summary>Whether an event with this draw belongs to the sample.</summary>
    public bool Wants(Instant at, ulong draw)
    {
        var pane = Math.DivRem(at.UnixMs, _windowMs).Quotient;
        if (pane > _pane) Turn(pane);
        return draw <= SampledUpTo;
    }

    public void Add(ReadOnlySpan<float> token, ReadOnlySpan<long> ids, ReadOnlySpan<float> profile, HeadScores scores)
    {
        WatchedValues.Visit(token, ids, profile, scores, this);
        _samples++;
        if (_samples >= SampleMax) Halve();
    }

    /// <summary>Null before the first event.</summary>
    public DriftWatch? Read()
    {
        var samples = (double)_samples + _samplesBefore;
        if (samples <= 0) return null;
        return new DriftWatch(
            (long)samples,
            [.. _inputs.Select((one, i) => Input(WatchedValues.Inputs[i], one))],
            [.. _scores.Select((one, i) => Input(ModelHeads.All[i], one))],
            [.. WatchedValues.Fields.Select((name, i) => new MissingRate(
                name, Rate(i), _reference.Missing.TryGetValue(name, out var rate) ? rate : null))]);

        static InputDrift Input(string name, DriftHistogram one)
        {
            var found = one.Read();
            return new InputDrift(name, found?.Psi, found?.OutOfRange);
        }
    }

    private double? Rate(int field) => _asked[field] + _askedBefore[field] is > 0 and var asked
        ? (_missing[field] + _missingBefore[field]) / asked : null;

    private void Halve()
    {
        _halvings++;
        _samples /= 2;
        foreach (var one in _inputs) one.Halve();
        foreach (var one in _scores) one.Halve();
        for (var i = 0; i < _asked.Length; i++) (_asked[i], _missing[i]) = (_asked[i] / 2, _missing[i] / 2);
    }

    private void Turn(long pane)
    {
        var isNext = pane == _pane + 1;
        _pane = pane;
        _halvings = 0;
        _samplesBefore = isNext ? _samples : 0;
        _samples = 0;
        foreach (var one in _inputs) one.Turn(isNext);
        foreach (var one in _scores) one.Turn(isNext);
        Turn(_asked, _askedBefore, isNext);
        Turn(_missing, _missingBefore, isNext);
    }

    private static void Turn(float[] current, float[] before, bool isNext)
    {
        if (isNext) current.CopyTo(before, 0);
        else Array.Clear(before);
        Array.Clear(current);
    }

    void IWatchedValues.Input(int input, float value) => _inputs[input].Add(value);

    void IWatchedValues.Score(ScoreHead head, float value) => _scores[(int)head].Add(value);

    void IWatchedValues.Field(int field, bool isMissing)
    {
        _asked[field]++;
        if (isMissing) _missing[field]++;
    }
}
