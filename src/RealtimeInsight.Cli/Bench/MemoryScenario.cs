using RealtimeInsight.Engine;

namespace RealtimeInsight.Cli.Bench;

/// <summary>What an idle customer takes: its session and carts have ended, its sequence state, features and last events are kept.</summary>
internal sealed class MemoryScenario : IBenchScenario
{
    private static readonly int[] s_histories = [1, 4, 16, 64];

    public string Name => "memory";

    public string Summary =>
        "Bytes of an idle customer in memory, sequence state included: the managed heap after a full collection, less that of the engine "
        + "without customers. Sessions of 8 events, a day apart.";

    public IReadOnlyList<BenchOption> Options { get; } =
    [
        CommonOption.Customers(1_000_000),
        new("history", "Events of each customer", 16, 1, 10_000),
        new("session", "Events of a session", 8, 1, 10_000),
        new("sample", "Customers of each row of the table by length of history; 0: no table", 100_000, 0, 1_000_000),
    ];

    public IReadOnlyList<string> Examples => ["insight bench memory --json", "insight bench memory --history 64 --customers 100000"];

    public async Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var customers = context.Whole("customers");
        var bytes = await MeasureAsync(context, customers, context.Whole("history"), cancellationToken).ConfigureAwait(false);
        context.Report.Add("customers", customers, "customers in memory");
        context.Report.Add("history", context.Whole("history"), "events of each");
        context.Report.Add("bytes_per_customer", bytes.Heap, "managed heap of an idle customer");
        context.Report.Add("bytes_by_engine", bytes.Engine, "what the engine itself counts for a customer, without buffers and indexes");
        if (context.Whole("sample") == 0) return;
        foreach (var history in s_histories)
        {
            bytes = await MeasureAsync(context, context.Whole("sample"), history, cancellationToken).ConfigureAwait(false);
            context.Report.AddRow("by_history", ("history", history), ("bytes_per_customer", bytes.Heap));
        }
    }

    private static async Task<(double Heap, double Engine)> MeasureAsync(
        BenchContext context, int customers, int history, CancellationToken cancellationToken)
    {
        var options = new EngineOptions
        {
            Clock = EngineClock.EventTime, ResidentBytesMax = 0, SaveInterval = TimeSpan.FromMilliseconds(10),
        };
        var bench = await BenchEngine.StartAsync(options, new DiscardingStore(), context.Time, cancellationToken).ConfigureAwait(false);
        await using (bench.ConfigureAwait(false))
        {
            var shop = new ShopEvents(customers, zipf: 0, seed: 1);
            var run = new EngineRun(bench, shop, batchEvents: 512, inFlight: 32, context.Time);
            var before = BenchMemory.Live();
            await run.FillAsync(history, context.Whole("session"), context.Progress, cancellationToken).ConfigureAwait(false);
            await run.RestAsync(cancellationToken).ConfigureAwait(false);
            var live = await SettledAsync(bench, context.Time, cancellationToken).ConfigureAwait(false);
            return ((live - before) / (double)customers, bench.Engine.GetStatus().ResidentBytes / (double)customers);
        }
    }

    /// <summary>Memory once the engine has saved everybody, which packs those who are idle.</summary>
    private static async Task<long> SettledAsync(BenchEngine bench, TimeProvider time, CancellationToken cancellationToken)
    {
        var (bytes, before) = (bench.Engine.GetStatus().ResidentBytes, long.MaxValue);
        while (bytes != before)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), time, cancellationToken).ConfigureAwait(false);
            (bytes, before) = (bench.Engine.GetStatus().ResidentBytes, bytes);
        }

        return BenchMemory.Live();
    }
}
