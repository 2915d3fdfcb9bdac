using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Cli.Bench;

/// <summary>How long a start takes after a kill, with many customers in the store.</summary>
internal sealed class RecoveryScenario : IBenchScenario
{
    public string Name => "recovery";

    public string Summary =>
        "Customers with open carts in the store, an engine killed (SIGKILL) with events that are in the log only, and the start after it "
        + "in a new process: store, indexes, replay, deadlines. The model is loaded within that time.";

    public IReadOnlyList<BenchOption> Options { get; } =
    [
        CommonOption.Customers(1_000_000),
        new("tail", "Events in the log that no saved state includes", 200_000, 0, 10_000_000),
        CommonOption.Runs(3),
    ];

    public IReadOnlyList<string> Examples => ["insight bench recovery --json", "insight bench recovery --customers 100000 --tail 0"];

    public async Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        using var folder = new BenchFolder();
        var customers = context.Whole("customers");
        Load(context, folder.Path, customers, cancellationToken);
        context.Report.Note("the customers were written into the store as saved states, not sent through an engine");

        context.Progress("first start");
        using (var clean = BenchChild.Start("start", folder.Path, ("customers", customers)))
        {
            var told = await clean.ExpectAsync(cancellationToken).ConfigureAwait(false);
            var reads = await clean.ExpectAsync(cancellationToken).ConfigureAwait(false);
            Expect(told, "customers", customers);
            Expect(told, "deadlines", customers);
            await clean.KillAsync().ConfigureAwait(false);
            context.Report.Add("seconds_to_ready_without_tail", Number(told, "seconds"), "start with nothing to replay");
            context.Report.Add(
                "bytes_per_cold_customer", Number(told, "heap") / customers, "managed heap of a customer whose state is in the store");
            context.Report.Add("cold_read_p50_ms", Number(reads, "p50"), "insight of a customer who is not in memory");
            context.Report.Add("cold_read_p99_ms", Number(reads, "p99"), "the same");
        }

        await TailAsync(context, folder.Path, customers, cancellationToken).ConfigureAwait(false);
        for (var run = 1; run <= context.Runs; run++)
        {
            context.Progress($"start after the kill, {run} of {context.Runs}");
            using var child = BenchChild.Start("start", folder.Path, ("customers", customers));
            var told = await child.ExpectAsync(cancellationToken).ConfigureAwait(false);
            await child.KillAsync().ConfigureAwait(false);
            Expect(told, "customers", customers);
            Add(context.Report, told);
        }

        var bytes = new DirectoryInfo(folder.Path).EnumerateFiles().Sum(static file => file.Length);
        context.Report.Add("store_bytes_per_customer", bytes / (double)customers, "size of the store's files");
    }

    private static void Load(BenchContext context, string folder, int customers, CancellationToken cancellationToken)
    {
        var loader = new CustomerLoader(new CustomerMachine(new CustomerOptions()), BenchModel.Stamp());
        var started = context.Time.GetTimestamp();

        // Carts filled within the last minutes: what is due comes after the bench.
        var first = Instant.From(context.Time.GetUtcNow()) - TimeSpan.FromMinutes(4);
        loader.Load(
            folder, customers, number => loader.WithCart(number, new Instant(first.UnixMs + (number % 200_000))), context.Progress,
            cancellationToken);
        context.Report.Add("load_seconds", context.Time.GetElapsedTime(started).TotalSeconds, "making the customers");
    }

    private static async Task TailAsync(BenchContext context, string folder, int customers, CancellationToken cancellationToken)
    {
        var events = context.Whole("tail");
        if (events == 0) return;
        context.Progress($"{BenchContext.Short(events)} events, then the kill");
        using var child = BenchChild.Start("tail", folder, ("customers", customers), ("events", events));
        await child.ExpectAsync(cancellationToken).ConfigureAwait(false);
        await child.KillAsync().ConfigureAwait(false);
    }

    private static void Add(BenchReport report, JsonObject told)
    {
        report.Add("customers", Number(told, "customers"), "customers after the start");
        report.Add("open_deadlines", Number(told, "deadlines"), "deadlines armed after the start");
        report.Add("replayed_events", Number(told, "replayed"), "log records replayed");
        report.Add("seconds_to_ready", Number(told, "seconds"), "model, store, indexes, replay, deadlines");
        report.Add("cpu_seconds_to_ready", Number(told, "cpu_seconds"), "processor time of it");
        report.Add("seconds_from_process_start", Number(told, "seconds_from_process"), "the same and the runtime's own start");
        report.Add("customers_read", Number(told, "resident"), "states read by the replay");
        report.Add("working_set_bytes", Number(told, "working_set"), "memory of the process when ready");
    }

    private static void Expect(JsonObject told, string name, double expected)
    {
        if (Number(told, name) == expected) return;
        throw CliException.Failure($"after the start there are {Number(told, name)} {name}, not {expected}");
    }

    private static double Number(JsonObject told, string name) => told[name]!.GetValue<double>();
}
