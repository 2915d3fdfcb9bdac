using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Cli.Bench;

/// <summary>Many open carts, each with a deadline of its own, over a kill in the middle.</summary>
internal sealed class TimersScenario : IBenchScenario
{
    /// <summary>What the receiver of the actions writes.</summary>
    public const string ReceivedFile = "received.txt";

    /// <summary>One customer in so many may be treated; the others are decided about too, and get nothing.</summary>
    private const int ConsentEvery = 10;

    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_quiet = TimeSpan.FromMinutes(45);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    public string Name => "timers";

    public string Summary =>
        "Open carts whose abandonment falls due one after the other, by the clock: how late each is noticed and decided about, whether one "
        + "is lost or decided twice over a kill (SIGKILL) of the engine half way, and what the processor does while all of them wait.";

    public IReadOnlyList<BenchOption> Options { get; } =
    [
        new("deadlines", "Open carts, a deadline each", 1_000_000, 1, 50_000_000),
        new("spread", "Seconds over which they fall due", 400, 1, 3_600),
    ];

    public IReadOnlyList<string> Examples => ["insight bench timers --json", "insight bench timers --deadlines 100000 --spread 60"];

    /// <summary>A reminder of an abandoned cart, for who consented.</summary>
    public static Policy Policy() => Domain.Decisions.Policy.Parse(new JsonObject
    {
        ["name"] = "bench",
        ["consent_required"] = true,
        ["rules"] = new JsonArray(new JsonObject
        {
            ["id"] = "cart-reminder",
            ["on"] = "cart_abandoned",
            ["action"] = "reminder",
            ["channel"] = "receiver",
            ["consent"] = "marketing",
        }),
    });

    public async Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        using var folder = new BenchFolder();
        var count = context.Whole("deadlines");
        var spread = TimeSpan.FromSeconds(context.Number("spread"));
        var firstDue = Load(context, folder.Path, count, spread, cancellationToken);

        // The engine's clock is moved to where the first deadline is ahead by the time of a start and an idle phase.
        var shift = firstDue - (Instant.From(context.Time.GetUtcNow()) + s_idle);
        var killAt = firstDue + (spread / 2);
        var clock = new ShiftedTime(context.Time, shift);
        var lateness = new LatenessHistogram();
        var catchingUp = new LatenessHistogram();
        using (var first = Start(folder.Path, shift, firstDue))
        {
            var told = await FollowAsync(
                context, first, told => Instant.From(clock.GetUtcNow()) >= killAt, cancellationToken).ConfigureAwait(false);
            await first.KillAsync().ConfigureAwait(false);
            Take(told);
            context.Report.Add("fired_before_kill", Number(told, "fired"), "deadlines fired when the engine was killed");
            context.Report.Add(
                "cpu_us_per_deadline", Number(told, "cpu_us") / Number(told, "fired"), "processor time, reading the state included");
        }

        using (var second = Start(folder.Path, shift, firstDue))
        {
            var lastDue = firstDue + spread;
            var told = await FollowAsync(
                context, second, told => IsDone(told, folder.Path, count, clock, lastDue), cancellationToken).ConfigureAwait(false);
            await second.KillAsync().ConfigureAwait(false);
            Take(told);
            context.Report.Add("overdue_after_kill", Number(told, "overdue"), "fell due before the engine was ready again");
            context.Report.Add("catch_up_seconds", Number(told, "catch_up_seconds"), "from ready until one fired in time again (50 ms)");
        }

        context.Report.Add("deadlines", count, "open carts, a deadline each");
        context.Report.Add("deadlines_per_second", count / spread.TotalSeconds, "how densely they fell due");
        context.Report.Add("fire_error_p50_ms", lateness.Percentile(0.5), "from the due time until the cart was decided about");
        context.Report.Add("fire_error_p99_ms", lateness.Percentile(0.99), "the same");
        context.Report.Add("fire_error_max_ms", lateness.Percentile(1), "the same");
        context.Report.Add("fire_error_deadlines", lateness.Count, "deadlines that these figures are of");
        lateness.Add(catchingUp);
        context.Report.Add("fire_error_with_catch_up_p99_ms", lateness.Percentile(0.99), "those that fell due while catching up included");
        context.Report.Note(
            "the fire error is of deadlines that fell due while an engine was ready and not catching up on the downtime; commit and "
            + "delivery follow");
        Judge(context.Report, folder.Path, count);

        void Take(JsonObject told)
        {
            lateness.Add(LatenessHistogram.FromJson((JsonArray)told["lateness"]!));
            catchingUp.Add(LatenessHistogram.FromJson((JsonArray)told["catching_up"]!));
        }
    }

    private static BenchChild Start(string folder, TimeSpan shift, Instant firstDue) =>
        BenchChild.Start("deadlines", folder, ("shift", shift.TotalMilliseconds), ("due", firstDue.UnixMs));

    /// <summary>Carts filled an hour before they fall due; session end and risk have passed. Returns the first due time.</summary>
    private static Instant Load(BenchContext context, string folder, int count, TimeSpan spread, CancellationToken cancellationToken)
    {
        var options = new CustomerOptions();
        var loader = new CustomerLoader(new CustomerMachine(options), BenchModel.Stamp());
        var filled = Instant.From(context.Time.GetUtcNow());
        loader.Load(folder, count, Cart, context.Progress, cancellationToken);
        context.Report.Note("the carts were written into the store as saved states, not sent through an engine");
        return filled + options.CartAbandonedAfter;

        CustomerState Cart(int number)
        {
            var at = new Instant(filled.UnixMs + (long)(spread.TotalMilliseconds * number / count));
            var state = loader.WithCart(number, at, hasConsent: number % ConsentEvery == 0);
            loader.Advance(state, at + s_quiet);
            return state;
        }
    }

    /// <summary>Reads what the engine tells until it is enough; returns the last of it.</summary>
    private static async Task<JsonObject> FollowAsync(
        BenchContext context, BenchChild child, Func<JsonObject, bool> isEnough, CancellationToken cancellationToken)
    {
        var started = await child.ExpectAsync(cancellationToken).ConfigureAwait(false);
        context.Progress($"an engine is ready with {BenchContext.Short(Number(started, "armed"))} deadlines");
        while (true)
        {
            var told = await child.ExpectAsync(cancellationToken).ConfigureAwait(false);
            if (told["idle_cpu_percent"] is { } idle)
            {
                context.Report.Add("idle_cpu_percent", idle.GetValue<double>(), "of one processor, while all deadlines wait");
                context.Report.Add("idle_seconds", Number(told, "idle_seconds"), "length of that phase");
                continue;
            }

            context.Progress($"{BenchContext.Short(Number(told, "fired"))} fired by this engine");
            if (!isEnough(told)) continue;
            return told;
        }
    }

    private static bool IsDone(JsonObject told, string folder, int count, TimeProvider clock, Instant lastDue)
    {
        var now = Instant.From(clock.GetUtcNow());
        if (now <= lastDue) return false;
        return now > lastDue + s_patience || (Number(told, "abandoned") == count && Customers(Received(folder)) == Treated(count));
    }

    private static int Treated(int count) => (count + ConsentEvery - 1) / ConsentEvery;

    /// <summary>Lines of the receiver: customer and decision.</summary>
    private static string[] Received(string folder)
    {
        using var file = new FileStream(Path.Combine(folder, ReceivedFile), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static int Customers(IEnumerable<string> lines) =>
        lines.Select(static line => line[..line.IndexOf(' ')]).Distinct(StringComparer.Ordinal).Count();

    /// <summary>Counts decisions in the log and actions at the receiver: each cart one, treated or not.</summary>
    private static void Judge(BenchReport report, string folder, int count)
    {
        var decisions = new Dictionary<ulong, int>(count);
        using (var store = new SqliteStore(new SqliteStoreOptions { DataDirectory = folder }))
        {
            store.Open();
            foreach (var row in store.ReadLog(0))
            {
                var reader = new LogRecordReader(row.Body.Span, store.Name);
                while (reader.TryRead(out var record))
                {
                    if (record.Kind != RecordKind.Decision) continue;
                    decisions[record.CustomerHash] = decisions.GetValueOrDefault(record.CustomerHash) + 1;
                }
            }
        }

        var lines = Received(folder);
        var actions = lines.Distinct(StringComparer.Ordinal).ToArray();
        var customers = Customers(actions);
        report.Add(
            "lost", count - decisions.Count + (Treated(count) - customers), "carts without a decision, or without its action");
        report.Add(
            "doubled", decisions.Values.Sum(static times => times - 1L) + (actions.Length - customers),
            "carts decided about more than once, or with more than one action");
        report.Add("actions", customers, "actions received: one customer in ten consents");
        report.Add("resends", lines.Length - actions.Length, "the same action sent again under its own id after the kill");
    }

    private static double Number(JsonObject told, string name) => told[name]!.GetValue<double>();
}
