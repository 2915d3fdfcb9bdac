using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using RealtimeInsight.Engine;

namespace RealtimeInsight.Cli.Bench;

/// <summary>
/// Listens to the engine's own measure of how late each deadline fired. Those that were due before the engine was ready are late by the
/// downtime, and those due while it fires them wait behind them: both are counted apart, as catching up, until one fires in time.
/// </summary>
internal sealed class LatenessRecorder : IDisposable
{
    private const double InTimeSeconds = 0.05;
    private readonly Lock _gate = new();
    private readonly MeterListener _listener = new();
    private readonly TimeProvider _time;
    private readonly LatenessHistogram _lateness = new();
    private readonly LatenessHistogram _catchingUp = new();
    private DateTimeOffset _readyAt = DateTimeOffset.MaxValue;
    private DateTimeOffset _caughtUpAt;
    private TimeSpan _cpu;
    private bool _isCatchingUp = true;
    private long _overdue;

    public LatenessRecorder(TimeProvider time)
    {
        _time = time;
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == EngineInstruments.MeterName && instrument.Name == "realtime_insight.engine.deadline_lateness")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => Take(seconds));
        _listener.Start();
    }

    /// <summary>The engine is ready from now on.</summary>
    public void Ready()
    {
        lock (_gate)
        {
            _readyAt = _caughtUpAt = _time.GetUtcNow();
            _cpu = Environment.CpuUsage.TotalTime;
        }
    }

    public JsonObject ToJson()
    {
        lock (_gate)
        {
            var fired = _lateness.Count + _catchingUp.Count + _overdue;
            return new JsonObject
            {
                ["fired"] = fired,
                ["overdue"] = _overdue,
                ["catch_up_seconds"] = (_caughtUpAt - _readyAt).TotalSeconds,
                ["cpu_us"] = (Environment.CpuUsage.TotalTime - _cpu).TotalMicroseconds,
                ["lateness"] = _lateness.ToJson(),
                ["catching_up"] = _catchingUp.ToJson(),
            };
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Take(double seconds)
    {
        var now = _time.GetUtcNow();
        lock (_gate)
        {
            var isOverdue = now - TimeSpan.FromSeconds(seconds) < _readyAt;
            if (_isCatchingUp && !isOverdue && seconds <= InTimeSeconds)
            {
                _isCatchingUp = false;
                if (_overdue > 0) _caughtUpAt = now;
            }

            if (isOverdue) _overdue++;
            else if (_isCatchingUp) _catchingUp.Add(seconds * 1000);
            else _lateness.Add(seconds * 1000);
        }
    }
}
