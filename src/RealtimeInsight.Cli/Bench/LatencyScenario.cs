using RealtimeInsight.Engine;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Cli.Bench;

/// <summary>Event to durable decision at a fixed rate.</summary>
internal sealed class LatencyScenario : IBenchScenario
{
    public string Name => "latency";

    public string Summary =>
        "Event to decision, durable, at a share of the highest rate: small batches sent at fixed moments whatever the answers do, each "
        + "latency taken from the moment its send was due. In this process over SQLite; no HTTP, no JSON.";

    public IReadOnlyList<BenchOption> Options { get; } =
    [
        CommonOption.Customers(100_000),
        CommonOption.Runs(5),
        CommonOption.Seconds(5),
        new("batch", "Events of a send", 16, 1, 1000),
        .. SteadyLoad.RateOptions,
    ];

    public IReadOnlyList<string> Examples => ["insight bench latency --json", "insight bench latency --rate 20000 --batch 1"];

    public async Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        MachineStalls.ReportTo(context.Report, context.Time);
        using var folder = new BenchFolder();
        var store = new SqliteStore(new SqliteStoreOptions { DataDirectory = folder.Path });
        var bench = await BenchEngine.StartAsync(new EngineOptions(), store, context.Time, cancellationToken).ConfigureAwait(false);
        await using (bench.ConfigureAwait(false))
        {
            var load = await SteadyLoad.PrepareAsync(bench, context, cancellationToken).ConfigureAwait(false);
            context.Report.Add("customers", context.Whole("customers"), "customers that events are of");
            context.Report.Add("batch", context.Whole("batch"), "events of a send");
            context.Report.Add("highest_events_per_second", load.Highest, "closed loop, same batches, before");
            for (var run = 0; run <= context.Runs; run++)
            {
                context.RunBegins(run);
                var send = load.Make(context.RunLength, cancellationToken);
                var paused = GC.GetTotalPauseDuration();
                var result = await send().ConfigureAwait(false);
                if (run == 0) continue;
                context.Report.Add("events_per_second", result.PerSecond * context.Whole("batch"), "answered");
                result.ReportTo(context.Report, "from the moment a send was due to its durable decision", "sender");
                context.Report.Add("max_ms", result.Latencies.At(1), "the longest of the whole latencies");
                paused = GC.GetTotalPauseDuration() - paused;
                context.Report.Add("paused_ms", paused.TotalMilliseconds, "for which the collector held all threads, in a run");
            }
        }

        MachineStalls.ReportTo(context.Report, context.Time);
    }
}
