using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Cli.Bench;

/// <summary>The embedded engine in this process: event to state, features and score, over a store that keeps nothing.</summary>
internal class EngineScenario : IBenchScenario
{
    private const string Growth = "growth";
    private const string Log = "log";
    private const string Cuda = "cuda";

    public virtual string Name => "engine";

    public virtual string Summary =>
        "The engine in this process: event to state, features, score and policy; nothing is logged or saved (Engine:KeepLog false). "
        + "Events are made before a run; no HTTP, no JSON, no disk. With --log the log rows and saved states of a durable engine are made, "
        + "and given away.";

    public virtual IReadOnlyList<BenchOption> Options { get; } =
    [
        .. s_options,
        BenchOption.Switch(Log, "Make the log rows and saved states that a durable engine commits, and give them away"),
    ];

    /// <summary>What is measured, with or without a disk.</summary>
    protected static readonly IReadOnlyList<BenchOption> s_options =
    [
        CommonOption.Customers(1_000_000),
        CommonOption.Events(3_000_000),
        CommonOption.Zipf(0),
        CommonOption.Runs(5),
        new("history", "Events of each customer before the first run", 4, 1, 1000),
        new("batch", "Events that the sender hands over at once", 512, 1, 10_000),
        new("in-flight", "Batches on their way at a time", 32, 1, 1024),
        new("turn", "Most events of one turn of a shard", new EngineOptions().BatchEventsMax, 1, 4096),
        new("rows", "Most customers of one model run", new EngineOptions().ModelRowsMax, 1, 4096),
        new("shards", "Shards, each with a thread; 0: one a processor", 0, 0, 64),
        BenchOption.Switch(Cuda, "Score on the CUDA device, through captured graphs; the limit stays the processor's bare step"),
        BenchOption.Switch(Growth, "Also measure how cost grows with customers (up to --customers), histories and shards"),
    ];

    public virtual IReadOnlyList<string> Examples =>
    [
        "insight bench engine --json", "insight bench engine --customers 10000 --zipf 1",
        "insight bench engine --customers 5000000 --growth --json",
    ];

    public async Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        await MeasureAsync(context, cancellationToken).ConfigureAwait(false);
        if (!context.IsSet(Growth)) return;
        await EngineGrowth.RunAsync(context, point => MeasureAsync(point, cancellationToken)).ConfigureAwait(false);
    }

    private async Task MeasureAsync(BenchContext context, CancellationToken cancellationToken)
    {
        using var folder = new BenchFolder();
        using var runner = BenchModel.Load();
        var limit = new ModelLimit(runner, context.Time);
        var customers = context.Whole("customers");
        var shop = new ShopEvents(customers, context.Number("zipf"), seed: 1);
        var options = new EngineOptions
        {
            BatchEventsMax = context.Whole("turn"), ModelRowsMax = context.Whole("rows"), Shards = context.Whole("shards"),
            ResidentBytesMax = 0, KeepLog = KeepsLog(context),
        };
        var before = BenchMemory.Live();
        var store = Store(folder);
        var bench = await BenchEngine.StartAsync(options, store, context.Time, cancellationToken, onCuda: context.IsSet(Cuda))
            .ConfigureAwait(false);
        await using (bench.ConfigureAwait(false))
        {
            var run = new EngineRun(bench, shop, context.Whole("batch"), context.Whole("in-flight"), context.Time);
            await run.FillAsync(context.Whole("history"), int.MaxValue, context.Progress, cancellationToken).ConfigureAwait(false);
            context.Report.Add("customers", customers, "customers in memory");
            context.Report.Add("events", context.Whole("events"), "events of a run");
            context.Report.Add("bytes_per_customer", (BenchMemory.Live() - before) / (double)customers, "managed heap, after the history");
            for (var i = 0; i < context.Runs; i++)
            {
                context.Progress($"run {i + 1} of {context.Runs}");
                var rate = await RunOnceAsync(context, run, limit, cancellationToken).ConfigureAwait(false);
                Compare(context, store, options, rate);
            }
        }
    }

    protected virtual bool KeepsLog(BenchContext context) => context.IsSet(Log);

    protected virtual IEngineStore Store(BenchFolder folder) => new DiscardingStore();

    /// <summary>Adds what a run compares with beside the bare model; nothing is under way then.</summary>
    protected virtual void Compare(BenchContext context, IEngineStore store, EngineOptions options, EngineRate rate)
    {
    }

    private static async Task<EngineRate> RunOnceAsync(
        BenchContext context, EngineRun run, ModelLimit limit, CancellationToken cancellationToken)
    {
        var bare = limit.Reference(TimeSpan.FromSeconds(0.5));
        var rate = await run.MeasureAsync(context.Whole("events"), cancellationToken).ConfigureAwait(false);
        var report = context.Report;
        report.Add("events_per_second", rate.EventsPerSecond, "first send to last acknowledgement");
        report.Add("cpu_us_per_event", rate.CpuMicroseconds, "processor time of the whole process, the sender's included");
        report.Add("events_per_cpu_second", 1e6 / rate.CpuMicroseconds, "what one processor does in a second of its own time");
        report.Add("allocated_bytes_per_event", rate.AllocatedBytes, "managed bytes of the whole process");
        report.Add("collections", rate.Collections, "garbage collections during a run");
        report.Add("decisions", rate.Decisions, "decisions made during a run");
        report.Add("paused_percent", rate.PausedShare * 100, "share of a run for which the collector held all threads");
        report.Add("limit_steps_per_second", bare.RowsPerSecond, "bare model step: two callers, 64 rows a run");
        report.Add("ratio_to_limit", rate.EventsPerSecond / bare.RowsPerSecond, "events_per_second over the bare step's rate");
        report.Add(
            "ratio_to_limit_cpu", bare.CpuMicrosecondsPerRow / rate.CpuMicroseconds, "processor time of the bare step over an event's");
        return rate;
    }
}
