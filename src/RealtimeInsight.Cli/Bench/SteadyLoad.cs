namespace RealtimeInsight.Cli.Bench;

/// <summary>A steady stream of small batches to an engine, at a share of what it can take.</summary>
internal sealed class SteadyLoad
{
    private const int InFlight = 64;

    /// <summary>Options of every scenario that has a steady load: how fast it is.</summary>
    public static readonly IReadOnlyList<BenchOption> RateOptions =
    [
        new("load", "Rate of events as a share of the highest, which is measured first", 0.5, 0.01, 0.95) { IsWhole = false },
        new("rate", "Events a second instead; 0: by --load", 0, 0, 10_000_000),
    ];

    private readonly BenchEngine _bench;
    private readonly EngineRun _run;
    private readonly TimeProvider _time;
    private readonly int _batch;

    private SteadyLoad(BenchEngine bench, EngineRun run, TimeProvider time, int batch) =>
        (_bench, _run, _time, _batch) = (bench, run, time, batch);

    /// <summary>Events a second that a closed loop reached.</summary>
    public double Highest { get; private set; }

    /// <summary>Events a second that are sent.</summary>
    public double Rate { get; private set; }

    /// <summary>Knows every customer, then measures the highest rate; options customers, batch, load and rate.</summary>
    public static async Task<SteadyLoad> PrepareAsync(BenchEngine bench, BenchContext context, CancellationToken cancellationToken)
    {
        var shop = new ShopEvents(context.Whole("customers"), zipf: 0, seed: 1);
        var run = new EngineRun(bench, shop, context.Whole("batch"), InFlight, context.Time);
        var load = new SteadyLoad(bench, run, context.Time, context.Whole("batch"));
        await run.FillAsync(1, int.MaxValue, context.Progress, cancellationToken).ConfigureAwait(false);
        var events = Math.Clamp(shop.Customers, 1_000, 200_000);
        var rates = new List<double>();
        for (var i = 0; i < 4; i++)
        {
            context.Progress("measuring the highest rate");
            rates.Add((await run.MeasureAsync(events, cancellationToken).ConfigureAwait(false)).EventsPerSecond);
        }

        // The first ones are slower while the compiler still learns what is hot.
        load.Highest = rates.Skip(2).Average();
        load.Rate = context.Whole("rate") > 0 ? context.Whole("rate") : load.Highest * context.Number("load");
        return load;
    }

    /// <summary>Makes the events of a run; what is returned begins to send them.</summary>
    public Func<Task<OpenLoopResult>> Make(TimeSpan length, CancellationToken cancellationToken)
    {
        var perSecond = Rate / _batch;
        var count = Math.Max(1, (int)(perSecond * length.TotalSeconds));
        var batches = _run.Make(count * _batch);
        BenchMemory.Settle();
        return () => new OpenLoop(_time).RunAsync(
            perSecond, count, async i => _ = await _bench.Engine.IngestAsync(batches[i], cancellationToken).ConfigureAwait(false),
            cancellationToken);
    }
}
