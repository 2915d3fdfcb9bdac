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
        new("load", "Rate as a share of the highest, which is measured first", 0.5, 0.01, 0.95) { IsWhole = false },
        new("rate", "Events a second instead; 0: by --load", 0, 0, 10_000_000),
    ];

    public IReadOnlyList<string> Examples => ["insight bench latency --json", "insight bench latency --rate 20000 --batch 1"];

    public async Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
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
                context.Progress(run == 0 ? "warm-up" : $"run {run} of {context.Runs}");
                var result = await load.RunAsync(context.RunLength, cancellationToken).ConfigureAwait(false);
                if (run > 0) Report(context, result);
            }
        }
    }

    private static void Report(BenchContext context, OpenLoopResult result)
    {
        var report = context.Report;
        report.Add("events_per_second", result.PerSecond * context.Whole("batch"), "answered");
        report.Add("p50_ms", result.Latencies.At(0.5), "from the moment a send was due to its durable decision");
        report.Add("p99_ms", result.Latencies.At(0.99), "the same");
        report.Add("p999_ms", result.Latencies.At(0.999), "the same");
        report.Add("max_ms", result.Latencies.At(1), "the same");
        report.Add("sender_late_p50_ms", result.Lateness.At(0.5), "what the sender's own clock adds to each of them");
        report.Add("sender_late_p99_ms", result.Lateness.At(0.99), "the same");
    }
}
