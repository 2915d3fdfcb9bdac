using System.Diagnostics.Metrics;

namespace RealtimeInsight.Cli.Bench;

/// <summary>Meters of a pool or engine that nobody listens to; disposed with their owner.</summary>
internal sealed class BenchMeters : IMeterFactory
{
    private readonly List<Meter> _made = [];

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        _made.Add(meter);
        return meter;
    }

    public void Dispose() => _made.ForEach(static meter => meter.Dispose());
}
