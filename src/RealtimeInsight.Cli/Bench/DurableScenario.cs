using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Cli.Bench;

/// <summary>The engine over its SQLite store: an event is acknowledged when its transaction is on disk.</summary>
internal sealed class DurableScenario : EngineScenario
{
    public override string Name => "durable";

    public override string Summary =>
        "The engine in this process over its SQLite store (write-ahead log, synchronous FULL): acknowledged after the commit. Events are "
        + "made before a run; no HTTP, no JSON.";

    public override IReadOnlyList<string> Examples => ["insight bench durable --json", "insight bench durable --batch 64 --in-flight 256"];

    public override IReadOnlyList<BenchOption> Options => s_options;

    protected override bool KeepsLog(BenchContext context) => true;

    protected override IEngineStore Store(BenchFolder folder) =>
        new SqliteStore(new SqliteStoreOptions { DataDirectory = folder.Path });

    protected override void Compare(BenchContext context, IEngineStore store, EngineOptions options, EngineRate rate)
    {
        var bare = StoreLimit.Measure(store, options, context.Time);
        var report = context.Report;
        report.Add("store_events_per_second", bare.RowsPerSecond, "bare store: one thread commits log rows of such events");
        report.Add("store_cpu_us_per_event", bare.CpuMicrosecondsPerRow, "processor time of the bare store for an event");
        report.Add("ratio_to_store", rate.EventsPerSecond / bare.RowsPerSecond, "events_per_second over the bare store's rate");
    }
}
