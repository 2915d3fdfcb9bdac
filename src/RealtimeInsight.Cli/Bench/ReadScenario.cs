using System.Globalization;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Cli.Bench;

/// <summary>Insights read while events are taken.</summary>
internal sealed class ReadScenario : IBenchScenario
{
    public string Name => "read";

    public string Summary =>
        "Insights of random customers read at a fixed rate while events are taken at a share of the highest rate, durable, in this "
        + "process; each latency taken from the moment its read was due.";

    public IReadOnlyList<BenchOption> Options { get; } =
    [
        CommonOption.Customers(100_000),
        CommonOption.Runs(5),
        CommonOption.Seconds(5),
        new("reads", "Reads a second", 1000, 1, 100_000),
        new("batch", "Events of a send", 64, 1, 1000),
        .. SteadyLoad.RateOptions,
    ];

    public async Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        MachineStalls.ReportTo(context.Report, context.Time);
        using var folder = new BenchFolder();
        var store = new SqliteStore(new SqliteStoreOptions { DataDirectory = folder.Path });
        var bench = await BenchEngine.StartAsync(new EngineOptions(), store, context.Time, cancellationToken).ConfigureAwait(false);
        await using (bench.ConfigureAwait(false))
        {
            var load = await SteadyLoad.PrepareAsync(bench, context, cancellationToken).ConfigureAwait(false);
            context.Report.Add("customers", context.Whole("customers"), "customers, events and reads spread evenly over them");
            context.Report.Add("reads_per_second", context.Whole("reads"), "asked for");
            for (var run = 0; run <= context.Runs; run++)
            {
                context.RunBegins(run);
                var send = load.Make(context.RunLength, cancellationToken);
                var reads = ReadAsync(bench.Engine, context, run, cancellationToken);
                var events = await send().ConfigureAwait(false);
                var read = await reads.ConfigureAwait(false);
                if (run == 0) continue;
                context.Report.Add("events_per_second", events.PerSecond * context.Whole("batch"), "taken meanwhile");
                read.ReportTo(context.Report, "from the moment a read was due to the whole insight", "reader");
            }
        }

        MachineStalls.ReportTo(context.Report, context.Time);
    }

    private static async Task<OpenLoopResult> ReadAsync(
        EmbeddedEngine engine, BenchContext context, int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var count = Math.Max(1, (int)(context.Whole("reads") * context.RunLength.TotalSeconds));
        var ids = Enumerable.Range(0, count).Select(_ => CustomerId.FromUser(
            string.Create(CultureInfo.InvariantCulture, $"user-{random.Next(context.Whole("customers")) + 10_000_000}"))).ToArray();
        return await new OpenLoop(context.Time).RunAsync(
            context.Whole("reads"), count, async i =>
            {
                var insight = await engine.GetInsightAsync(ids[i], cancellationToken).ConfigureAwait(false);
                if (insight is null) throw CliException.Failure("a customer that was sent events is not known");
            }, cancellationToken).ConfigureAwait(false);
    }
}
