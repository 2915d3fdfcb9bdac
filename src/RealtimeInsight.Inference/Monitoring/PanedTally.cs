using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Inference.Monitoring;

/// <summary>
/// Outcomes of the last while: two panes of event time of a window's length each, so that the figures are of the last one to two windows.
/// Not thread-safe.
/// </summary>
internal sealed class PanedTally(TimeSpan window)
{
    private readonly long _windowMs = (long)window.TotalMilliseconds;
    private QualityTally _current = new();
    private QualityTally _before = new();
    private long _pane = long.MinValue;

    /// <summary>Moment of the oldest scores; no value before the first.</summary>
    public Instant Since { get; private set; }

    /// <param name="at">When the outcome became known.</param>
    public void Add(Instant at, float probability, bool outcome)
    {
        var pane = Math.DivRem(at.UnixMs, _windowMs).Quotient;
        if (pane > _pane) Turn(pane);
        if (!Since.HasValue) Since = at;
        (pane == _pane ? _current : _before).Add(probability, outcome);
    }

    public QualityFigures? Read()
    {
        if (_before.Count == 0) return _current.Read();
        var both = new QualityTally();
        both.Add(_before);
        both.Add(_current);
        return both.Read();
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(_windowMs);
        writer.Write(_pane);
        writer.Write(Since.UnixMs);
        _current.Write(writer);
        _before.Write(writer);
    }

    public void Read(BinaryReader reader)
    {
        var window = reader.ReadInt64();
        (_pane, Since) = (reader.ReadInt64(), new Instant(reader.ReadInt64()));
        _current.Read(reader);
        _before.Read(reader);
        if (window == _windowMs) return;

        // Panes of another length: what they hold counts as before.
        _before.Add(_current);
        _current.Clear();
        _pane = _pane == long.MinValue ? _pane : Math.DivRem(checked((_pane + 1) * window), _windowMs).Quotient;
    }

    private void Turn(long pane)
    {
        var isNext = pane == _pane + 1;
        (_current, _before) = (_before, _current);
        _current.Clear();
        if (!isNext) _before.Clear();
        if (_pane != long.MinValue) Since = new Instant((isNext ? pane - 1 : pane) * _windowMs);
        _pane = pane;
    }
}
