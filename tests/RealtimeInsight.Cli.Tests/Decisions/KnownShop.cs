using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Cli.Tests.Watching;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Learning;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Cli.Tests.Decisions;

/// <summary>
/// A shop whose customers' answers are known: payments fail, the policy calls or writes, and who has bought before comes back for a mail,
/// who has not for a call.
/// </summary>
internal sealed class KnownShop(string dataDir) : IAsyncDisposable
{
    public const double AlwaysCall = (0.10 + 0.25) / 2;
    public const double AlwaysMail = (0.30 + 0.08) / 2;
    public const double ByContext = (0.30 + 0.25) / 2;

    private const int Rounds = 2;
    private static readonly Instant s_start = new(1_780_000_000_000);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly Meter _meter = new(EngineInstruments.MeterName);
    private readonly Random _random = new(17);
    private EmbeddedEngine? _engine;

    /// <summary>Whether the engine logs the events.</summary>
    public bool KeepsLog { get; init; } = true;

    /// <summary>Two rounds, a day apart, whose time for a reward passes; then one whose time does not.</summary>
    public async Task ServeAsync(int customers)
    {
        _engine = Start();
        await _engine.StartAsync(CancellationToken.None).WaitAsync(s_patience);
        var buyers = Enumerable.Range(0, customers).Where(static i => i % 2 == 0);
        await IngestAsync(buyers.Select(static i => Event(i, EventKind.OrderCompleted, 0)));
        for (var round = 1; round <= Rounds; round++)
        {
            var day = round;
            await IngestAsync(Enumerable.Range(0, customers).Select(i => Event(i, EventKind.PaymentFailed, day * 24)));
            await IngestAsync(Answering(customers).Select(i => Event(i, EventKind.OrderCompleted, (day * 24) + 1)));
        }

        await IngestAsync(Enumerable.Range(0, 50).Select(static i => Event(i, EventKind.PaymentFailed, (Rounds + 1) * 24)));
        await _engine.DisposeAsync().AsTask().WaitAsync(s_patience);
        _engine = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null) await _engine.DisposeAsync().AsTask().WaitAsync(s_patience);
        _meter.Dispose();
    }

    private EmbeddedEngine Start()
    {
        var policy = Policy.Parse(JsonNode.Parse("""
            {
              "name": "known", "cool_down": "0s", "frequency_cap": { "max": 32, "window": "1d" }, "attribution_window": "12h",
              "hold_out": { "fraction": 0.1, "salt": "known" },
              "rules": [
                { "id": "rescue", "on": "payment_failed", "action": "call", "channel": "log",
                  "variants": [ { "id": "call" }, { "id": "mail", "action": "mail" } ],
                  "choose": { "by": "thompson", "explore": 0.6, "reward_within": "3h" } },
                { "id": "thanks", "on": "order_completed", "action": "message", "channel": "log" }
              ]
            }
            """)!);
        var options = new EngineOptions { Clock = EngineClock.EventTime, Shards = 1, MergeAutomatically = false, KeepLog = KeepsLog };
        var learning = new EngineLearning(policy, options.Learning, isHistory: false, TimeProvider.System);
        return new EmbeddedEngine(
            options, new CustomerOptions(), new DecisionMaker(policy, learning.Variants, learning.Statistics),
            new ConstantScorer(new HeadScores(0.2f, 0.5f, 0.1f)), new SqliteStore(new SqliteStoreOptions { DataDirectory = dataDir }), [],
            new EngineInstruments(_meter), TimeProvider.System, NullLogger<EmbeddedEngine>.Instance)
        {
            Learning = learning,
        };
    }

    /// <summary>Who orders, by what the newest decision about each gave; who is held out comes back now and then.</summary>
    private List<int> Answering(int customers)
    {
        using var log = DecisionLog.Open(SqliteStore.PathIn(dataDir));
        var given = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var one in log.Read("rescue")) given[one.Customer] = (string?)JsonNode.Parse(one.Record.Span)!["choice"]?["variant"];
        return [.. Enumerable.Range(0, customers).Where(i => _random.NextDouble() < RateOf(i % 2 == 0, given[Id(i).Value]))];
    }

    private static double RateOf(bool isBuyer, string? variant) => variant switch
    {
        "mail" => isBuyer ? 0.30 : 0.08,
        "call" => isBuyer ? 0.10 : 0.25,
        _ => 0.05,
    };

    private async Task IngestAsync(IEnumerable<CustomerEvent> events)
    {
        foreach (var batch in events.ToList().Chunk(1_000))
        {
            await _engine!.IngestAsync(IngestBatch.Of(batch), CancellationToken.None).AsTask().WaitAsync(s_patience);
        }
    }

    private static CustomerId Id(int customer) => CustomerId.FromUser($"c{customer}");

    private static CustomerEvent Event(int customer, EventKind kind, int hours)
    {
        var at = s_start + TimeSpan.FromHours(hours);
        return new CustomerEvent
        {
            Id = EventId.Parse($"{kind}-{customer}-{hours}"),
            Kind = kind,
            Customer = Id(customer),
            OccurredAt = at,
            IngestedAt = at,
            Currency = "EUR",
            OrderId = kind == EventKind.OrderCompleted ? $"o-{customer}-{hours}" : null,
            Products = kind == EventKind.OrderCompleted ? [new ProductLine("p1", "shoes", "acme", null, 20m)] : [],
        };
    }
}
