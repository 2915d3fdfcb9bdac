using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine;
using RealtimeInsight.Inference.Runners;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Cli.Bench.Redis;

/// <summary>The usual stack, given a fair chance, beside the engine on the same events.</summary>
internal sealed class RedisScenario : IBenchScenario
{
    public string Name => "redis";

    public string Summary =>
        "The usual stack beside the engine in the same run: stateless workers, customers in Redis (own server on a local socket, nothing "
        + "on disk), reads and writes of many customers in one round trip, the same events, features and model; one model call an "
        + "event, and in micro-batches. The stack decides nothing and keeps no log; the engine decides. It is measured as durable as the "
        + "stack (no log, customers in memory), and committing to disk.";

    public IReadOnlyList<BenchOption> Options { get; } =
    [
        CommonOption.Customers(100_000),
        CommonOption.Events(100_000),
        CommonOption.Zipf(0),
        CommonOption.Runs(5),
        new("pipeline", "Customers that a worker reads and writes in one round trip", 64, 1, 1024),
        new("workers", "Workers, each with a thread and a connection; 0: one a processor", 0, 0, 64),
    ];

    public async Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        using var folder = new BenchFolder();
        using var server = await RedisServer.StartAsync(folder, context.Time, cancellationToken).ConfigureAwait(false);
        using var runner = BenchModel.Load();
        var shop = new ShopEvents(context.Whole("customers"), context.Number("zipf"), seed: 1);
        var store = new SqliteStore(new SqliteStoreOptions { DataDirectory = folder.Path });
        var bench = await BenchEngine.StartAsync(new EngineOptions(), store, context.Time, cancellationToken).ConfigureAwait(false);
        await using (bench.ConfigureAwait(false))
        {
            var light = await BenchEngine.StartAsync(
                new EngineOptions { KeepLog = false }, new DiscardingStore(), context.Time, cancellationToken).ConfigureAwait(false);
            await using var _ = light.ConfigureAwait(false);
            var run = new Runs(await FilledAsync(bench).ConfigureAwait(false), await FilledAsync(light).ConfigureAwait(false));
            context.Progress("filling redis");
            var stack = new Stack(server, runner, context);
            var now = Instant.From(context.Time.GetUtcNow());
            stack.Run(shop.OfEach(0, shop.Customers, now), context.Whole("pipeline"), isMicroBatch: true);
            context.Report.Add("customers", shop.Customers, "customers known to both");
            context.Report.Add("events", context.Whole("events"), "events of a run");
            for (var i = 0; i <= context.Runs; i++)
            {
                context.RunBegins(i);
                var report = i == 0 ? new BenchReport(Name) : context.Report;
                await RunOnceAsync(context, report, run, stack, shop, cancellationToken).ConfigureAwait(false);
            }
        }

        async Task<EngineRun> FilledAsync(BenchEngine filled)
        {
            var made = new EngineRun(filled, shop, batchEvents: 512, inFlight: 32, context.Time);
            await made.FillAsync(1, int.MaxValue, context.Progress, cancellationToken).ConfigureAwait(false);
            return made;
        }

        context.Report.Note(
            "the stack is given what it would have to add: order across workers, deadlines, decisions, an outbox, a log, durability");
    }

    private static async Task RunOnceAsync(
        BenchContext context, BenchReport report, Runs runs, Stack stack, ShopEvents shop, CancellationToken cancellationToken)
    {
        var events = context.Whole("events");
        var engine = await runs.Unlogged.MeasureAsync(events, cancellationToken).ConfigureAwait(false);
        var durable = await runs.Durable.MeasureAsync(events, cancellationToken).ConfigureAwait(false);
        var pipeline = context.Whole("pipeline");
        var alone = stack.Run(Drawn(Math.Max(1, events / 4)), pipeline: 1, isMicroBatch: false);
        var single = stack.Run(Drawn(events), pipeline, isMicroBatch: false);
        var batched = stack.Run(Drawn(events), pipeline, isMicroBatch: true);
        report.Add("events_per_second", engine.EventsPerSecond, "the engine, nothing on disk, as the stack");
        report.Add("cpu_us_per_event", engine.CpuMicroseconds, "processor time of the engine's process");
        report.Add("durable_events_per_second", durable.EventsPerSecond, "the engine, each event committed to disk");
        report.Add("durable_cpu_us_per_event", durable.CpuMicroseconds, "processor time of the engine's process");
        report.Add("redis_alone_events_per_second", alone.PerSecond, "the stack, each event a request of its own: read, call, write");
        report.Add("redis_events_per_second", single.PerSecond, "the stack, pipelined, one model call an event");
        report.Add("redis_cpu_us_per_event", single.CpuMicroseconds, "processor time of its workers and of redis-server");
        report.Add("redis_microbatch_events_per_second", batched.PerSecond, "the stack, pipelined, one model call a round trip");
        report.Add("redis_microbatch_cpu_us_per_event", batched.CpuMicroseconds, "processor time of its workers and of redis-server");
        report.Add("ratio_to_redis_alone", engine.EventsPerSecond / alone.PerSecond, "over the stack with an event a request");
        report.Add("ratio_to_redis", engine.EventsPerSecond / single.PerSecond, "events_per_second over redis_events_per_second");
        report.Add("ratio_to_redis_durable", durable.EventsPerSecond / single.PerSecond, "durable_events_per_second over the same");
        report.Add("ratio_to_redis_cpu", single.CpuMicroseconds / engine.CpuMicroseconds, "the same by processor time");
        report.Add("ratio_to_redis_microbatch", engine.EventsPerSecond / batched.PerSecond, "over the stack with micro-batches");
        report.Add("ratio_to_redis_microbatch_cpu", batched.CpuMicroseconds / engine.CpuMicroseconds, "the same by processor time");

        CustomerEvent[] Drawn(int count) => stack.After(Instant.From(context.Time.GetUtcNow()), shop, count);
    }

    /// <param name="Durable">Over the engine that commits to disk.</param>
    /// <param name="Unlogged">Over the one that is as durable as the stack.</param>
    private sealed record Runs(EngineRun Durable, EngineRun Unlogged);

    private sealed class Stack(RedisServer server, IModelRunner runner, BenchContext context)
    {
        /// <summary>Workers for each processor where every event waits for its own round trips.</summary>
        private const int WorkersWithoutPipeline = 8;

        private Instant _upTo;

        /// <summary>Events that follow the ones before: those may stand for more time than they took.</summary>
        public CustomerEvent[] After(Instant now, ShopEvents shop, int count)
        {
            var first = Instant.Max(now, _upTo);
            _upTo = first + shop.Length(count);
            return shop.Drawn(count, first, 0);
        }

        public (double PerSecond, double CpuMicroseconds) Run(CustomerEvent[] events, int pipeline, bool isMicroBatch)
        {
            var count = context.Whole("workers") > 0 ? context.Whole("workers") : Environment.ProcessorCount;
            if (pipeline == 1) count *= WorkersWithoutPipeline;
            var shares = events.GroupBy(item => (int)(item.Customer.StableHash % (ulong)count)).Select(static share => share.ToArray())
                .ToArray();
            var workers = shares.Select(_ => new StatelessWorker(
                new RespConnection(server.EndPoint), runner, pipeline, isMicroBatch)).ToArray();
            try
            {
                var cpu = Environment.CpuUsage.TotalTime + server.CpuTime;
                var started = context.Time.GetTimestamp();
                Exception? fault = null;
                var threads = workers.Select((worker, i) => new Thread(() => Work(worker, shares[i], ref fault))).ToArray();
                foreach (var thread in threads) thread.Start();
                foreach (var thread in threads) thread.Join();
                var seconds = context.Time.GetElapsedTime(started).TotalSeconds;
                if (fault is not null) throw CliException.Failure($"the stack failed: {fault.Message}", fault);
                var used = Environment.CpuUsage.TotalTime + server.CpuTime - cpu;
                return (events.Length / seconds, used.TotalMicroseconds / events.Length);
            }
            finally
            {
                foreach (var worker in workers) worker.Dispose();
            }
        }

        private static void Work(StatelessWorker worker, CustomerEvent[] share, ref Exception? fault)
        {
            try
            {
                worker.Run(share);
            }
            catch (Exception thrown)
            {
                // Told by the thread that waits for all of them.
                Interlocked.CompareExchange(ref fault, thrown, null);
            }
        }
    }
}
