using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Cli.Bench;

/// <summary>
/// The other process of a scenario: an engine over the scenario's folder, which tells what it finds in lines of JSON and lives until it is
/// killed or its input ends.
/// </summary>
internal sealed class BenchWorker(CliConsole console, string folder)
{
    private const int ColdReads = 2_000;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    /// <summary>The hidden command that <see cref="BenchChild"/> types.</summary>
    public static Command Create(CliConsole console)
    {
        var mode = new Option<string>("--mode") { Required = true };
        var folder = new Option<string>("--folder") { Required = true };
        var customers = new Option<double>("--customers");
        var events = new Option<double>("--events");
        var shift = new Option<double>("--shift");
        var due = new Option<double>("--due");
        var command = new Command("worker", "A part of a scenario in a process of its own") { mode, folder, customers, events, shift, due };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var worker = new BenchWorker(console, parsed.GetRequiredValue(folder));
            await (parsed.GetRequiredValue(mode) switch
            {
                "start" => worker.StartAsync((int)parsed.GetValue(customers), cancellationToken),
                "tail" => worker.TailAsync((int)parsed.GetValue(customers), (int)parsed.GetValue(events), cancellationToken),
                "deadlines" => worker.DeadlinesAsync(
                    TimeSpan.FromMilliseconds(parsed.GetValue(shift)), new Instant((long)parsed.GetValue(due)), cancellationToken),
                var other => throw CliException.Usage($"--mode {other}: start, tail and deadlines are known"),
            }).ConfigureAwait(false);
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Starts an engine and tells how long that took and what a customer in the store takes in memory.</summary>
    private async Task StartAsync(int customers, CancellationToken cancellationToken)
    {
        var before = BenchMemory.Live();
        var started = console.Time.GetTimestamp();
        var cpu = Environment.CpuUsage.TotalTime;
        var bench = await BenchEngine.StartAsync(Unsaved(), Store(), console.Time, cancellationToken).ConfigureAwait(false);
        await using (bench.ConfigureAwait(false))
        {
            var fromLoad = console.Time.GetElapsedTime(started);
            var fromProcess = console.Time.GetUtcNow() - Process.GetCurrentProcess().StartTime.ToUniversalTime();
            var status = bench.Engine.GetStatus();
            var heap = BenchMemory.Live() - before;
            Tell(new JsonObject
            {
                ["seconds"] = fromLoad.TotalSeconds,
                ["cpu_seconds"] = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds,
                ["seconds_from_process"] = fromProcess.TotalSeconds,
                ["customers"] = status.Customers,
                ["deadlines"] = status.DeadlinesArmed,
                ["replayed"] = status.RecordsReplayed,
                ["resident"] = status.CustomersResident,
                ["heap"] = heap,
                ["resident_bytes"] = status.ResidentBytes,
                ["working_set"] = Environment.WorkingSet,
            });
            Tell(await ReadColdAsync(bench, customers, cancellationToken).ConfigureAwait(false));
            await WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes events in that are not saved behind the log, and tells when all are acknowledged.</summary>
    private async Task TailAsync(int customers, int events, CancellationToken cancellationToken)
    {
        var bench = await BenchEngine.StartAsync(Unsaved(), Store(), console.Time, cancellationToken).ConfigureAwait(false);
        await using (bench.ConfigureAwait(false))
        {
            var shop = new ShopEvents(customers, zipf: 0, seed: 7);
            await bench.SendAsync(Batches(shop, events), 32, cancellationToken).ConfigureAwait(false);
            Tell(new JsonObject { ["sent"] = events });
            await WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task DeadlinesAsync(TimeSpan shift, Instant firstDue, CancellationToken cancellationToken)
    {
        var time = new ShiftedTime(console.Time, shift);
        using var lateness = new LatenessRecorder(time);
        using var receiver = new FileReceiver(Path.Combine(folder, TimersScenario.ReceivedFile));
        var bench = await BenchEngine.StartAsync(
            new EngineOptions(), Store(), time, TimersScenario.Policy(), [receiver], cancellationToken).ConfigureAwait(false);
        await using (bench.ConfigureAwait(false))
        {
            lateness.Ready();
            Tell(new JsonObject { ["ready"] = true, ["armed"] = bench.Engine.GetStatus().DeadlinesArmed });
            await TellIdleAsync(time, firstDue, cancellationToken).ConfigureAwait(false);
            var ended = WaitAsync(cancellationToken);
            while (!ended.IsCompleted)
            {
                var pause = Task.Delay(s_pause, console.Time, cancellationToken);
                await Task.WhenAny(ended, pause).ConfigureAwait(false);
                var told = lateness.ToJson();
                told["abandoned"] = bench.Engine.GetStatus().CartsAbandoned;
                Tell(told);
            }
        }
    }

    /// <summary>Processor time between the start and the first deadline, with all of them armed.</summary>
    private async Task TellIdleAsync(TimeProvider time, Instant firstDue, CancellationToken cancellationToken)
    {
        // The first seconds of a process are its compiler's and its collector's.
        await Task.Delay(TimeSpan.FromSeconds(3), console.Time, cancellationToken).ConfigureAwait(false);
        var left = firstDue - Instant.From(time.GetUtcNow()) - TimeSpan.FromSeconds(0.5);
        if (left < TimeSpan.FromSeconds(1)) return;
        var cpu = Environment.CpuUsage.TotalTime;
        var started = console.Time.GetTimestamp();
        await Task.Delay(left, console.Time, cancellationToken).ConfigureAwait(false);
        var percent = (Environment.CpuUsage.TotalTime - cpu) / console.Time.GetElapsedTime(started) * 100;
        Tell(new JsonObject { ["idle_cpu_percent"] = percent, ["idle_seconds"] = left.TotalSeconds });
    }

    /// <summary>Asks for customers who are not in memory, one after the other.</summary>
    private async Task<JsonObject> ReadColdAsync(BenchEngine bench, int customers, CancellationToken cancellationToken)
    {
        var random = new Random(3);
        var milliseconds = new List<double>(ColdReads);
        for (var i = 0; i < ColdReads; i++)
        {
            var id = CustomerLoader.IdOf(random.Next(customers));
            var started = console.Time.GetTimestamp();
            _ = await bench.Engine.GetInsightAsync(id, cancellationToken).ConfigureAwait(false)
                ?? throw CliException.Failure("a customer that was put into the store is not there");
            milliseconds.Add(console.Time.GetElapsedTime(started).TotalMilliseconds);
        }

        milliseconds.Sort();
        return new JsonObject
        {
            ["p50"] = milliseconds[ColdReads / 2], ["p99"] = milliseconds[(int)(ColdReads * 0.99)],
        };
    }

    private IEnumerable<IngestBatch> Batches(ShopEvents shop, int events)
    {
        const int BatchEvents = 512;
        for (var first = 0; first < events; first += BatchEvents)
        {
            var now = Instant.From(console.Time.GetUtcNow());
            yield return IngestBatch.Of(shop.Drawn(Math.Min(BatchEvents, events - first), now, 0));
        }
    }

    /// <summary>Nothing is saved behind the log, so that the next start finds the same tail.</summary>
    private static EngineOptions Unsaved() => new() { SaveInterval = TimeSpan.FromHours(1), SaveDirtyMax = 100_000_000 };

    private SqliteStore Store() => new(new SqliteStoreOptions { DataDirectory = folder });

    private void Tell(JsonObject message)
    {
        console.Out.WriteLine(message.ToJsonString());
        console.Out.Flush();
    }

    /// <summary>Until the input ends: with the process that started this one.</summary>
    private static Task WaitAsync(CancellationToken cancellationToken) =>
        Task.Run(static () => _ = Console.In.ReadToEnd(), cancellationToken).WaitAsync(cancellationToken);
}
