using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Cli.Bench.Http;

/// <summary>JSON over HTTP to durable and scored, through the host as it ships.</summary>
internal sealed class HttpScenario : IBenchScenario
{
    /// <summary>Until the compiler has seen what is hot.</summary>
    private const int WarmUps = 2;

    public string Name => "http";

    public string Summary =>
        "JSON batches over kept-alive loopback connections to the host as it ships: parsed, scored, decided, committed, answered. The "
        + "bytes are made before a run; the senders share the processors, their time is told apart.";

    public IReadOnlyList<BenchOption> Options { get; } =
    [
        CommonOption.Customers(100_000),
        CommonOption.Events(300_000),
        CommonOption.Zipf(0),
        CommonOption.Runs(5),
        new("batch", "Events of a request", 500, 1, 800),
        new("connections", "Connections, each with one request on its way", 8, 1, 256),
    ];

    public IReadOnlyList<string> Examples => ["insight bench http --json", "insight bench http --batch 20 --connections 32"];

    public async Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        context.Report.Add("customers", context.Whole("customers"), "customers that events are of");
        context.Report.Add("events", context.Whole("events"), "events of a run");
        context.Report.Add("batch", context.Whole("batch"), "events of a request");
        context.Report.Add("connections", context.Whole("connections"), "connections, one request on its way each");
        var durable = await MeasureAsync(context, isDiscarding: false, context.Runs, cancellationToken).ConfigureAwait(false);
        foreach (var rate in durable) Report(context.Report, rate);
        var runs = Math.Min(context.Runs, 3);
        foreach (var rate in await MeasureAsync(context, isDiscarding: true, runs, cancellationToken).ConfigureAwait(false))
        {
            context.Report.Add("events_per_second_without_disk", rate.EventsPerSecond, "the same over a store that keeps nothing");
            context.Report.Add("server_cpu_us_without_disk", ServerCpu(rate), "the server's processor time of it");
        }
    }

    private static async Task<List<HttpRate>> MeasureAsync(
        BenchContext context, bool isDiscarding, int runs, CancellationToken cancellationToken)
    {
        var host = await BenchHost.StartAsync(isDiscarding, cancellationToken).ConfigureAwait(false);
        await using (host.ConfigureAwait(false))
        {
            var requests = new HttpRequests(context, host.Address);
            var load = new HttpLoad(host.Address, context.Time);
            var rates = new List<HttpRate>();
            for (var run = 1 - WarmUps; run <= runs; run++)
            {
                context.Progress($"{(isDiscarding ? "without disk, " : "")}{(run < 1 ? "warm-up" : $"run {run} of {runs}")}");
                cancellationToken.ThrowIfCancellationRequested();
                var rate = load.Run(requests.Next());
                if (run > 0) rates.Add(rate);
            }

            return rates;
        }
    }

    private static void Report(BenchReport report, HttpRate rate)
    {
        report.Add("events_per_second", rate.EventsPerSecond, "first request to last answer");
        report.Add("p50_ms", rate.Requests.At(0.5), "round trip of a request");
        report.Add("p99_ms", rate.Requests.At(0.99), "round trip of a request");
        report.Add("cpu_us_per_event", rate.CpuMicroseconds, "processor time of the whole process, the senders' included");
        report.Add("server_cpu_us_per_event", ServerCpu(rate), "without the senders' threads");
        report.Add("events_per_cpu_second", 1e6 / ServerCpu(rate), "what one processor does in a second of the server's own time");
        report.Add("allocated_bytes_per_event", rate.AllocatedBytes, "managed bytes of the whole process");
        report.Add("json_bytes_per_event", rate.JsonBytes, "request bytes, heads included");
    }

    private static double ServerCpu(HttpRate rate) => rate.CpuMicroseconds - rate.ClientCpuMicroseconds;

    /// <summary>Requests of a run. A customer's events go over one connection, so that they arrive in the order of their times.</summary>
    private sealed class HttpRequests(BenchContext context, Uri address)
    {
        private readonly ShopEvents[] _shops =
        [
            .. Enumerable.Range(0, context.Whole("connections")).Select(i => new ShopEvents(
                Math.Max(1, context.Whole("customers") / context.Whole("connections")), context.Number("zipf"), seed: i + 1)
                {
                    Prefix = $"c{i}-",
                }),
        ];

        public IReadOnlyList<IReadOnlyList<(byte[] Bytes, int Events)>> Next()
        {
            var count = context.Whole("events") / _shops.Length;
            var now = Instant.From(context.Time.GetUtcNow());
            return [.. _shops.Select(shop => (IReadOnlyList<(byte[], int)>)[.. Made(shop, count, now)])];
        }

        private IEnumerable<(byte[] Bytes, int Events)> Made(ShopEvents shop, int count, Instant now)
        {
            var batch = context.Whole("batch");
            for (var first = 0; first < count; first += batch)
            {
                CustomerEvent[] events = shop.Drawn(Math.Min(batch, count - first), now, first);
                var body = SegmentJson.Batch(events).Span;
                yield return (HttpConnection.Request(address, BenchHost.WriteKey, body), events.Length);
            }
        }
    }
}
