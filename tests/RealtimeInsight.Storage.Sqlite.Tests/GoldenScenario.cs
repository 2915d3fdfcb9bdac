using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Simulation.Time;
using RealtimeInsight.TestKit.Scoring;

namespace RealtimeInsight.Storage.Sqlite.Tests;

/// <summary>
/// A small shop day that fills every table, and what a reader has to find of it whatever version wrote the file: golden stores are
/// written by it and read back against it.
/// </summary>
internal sealed class GoldenScenario : IDisposable
{
    private const int Customers = 5;
    private static readonly DateTimeOffset s_start = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly Meter _meter = new(EngineInstruments.MeterName);
    private readonly VirtualTime _time = new(s_start);

    public void Dispose() => _meter.Dispose();

    /// <summary>Plays the day and leaves the store as a power cut would: some customers saved, the rest only in the log.</summary>
    public async Task<string> WriteAsync(IEngineStore store)
    {
        var engine = await StartAsync(store);
        await IngestAsync(engine, 0, 40);
        await SaveAsync(engine);
        await IngestAsync(engine, 40, 60);
        var facts = await DescribeAsync(engine);
        store.Dispose();
        await engine.DisposeAsync();
        return facts;
    }

    /// <summary>What an engine of today finds in a store that the day was played in.</summary>
    public async Task<string> ReadAsync(IEngineStore store)
    {
        _time.Advance(s_start.AddHours(2) - _time.GetUtcNow());
        await using var engine = await StartAsync(store);
        return await DescribeAsync(engine);
    }

    /// <summary>Carts are abandoned, reminders go out, and every changed customer is saved.</summary>
    private async Task SaveAsync(EmbeddedEngine engine)
    {
        using var stop = new CancellationTokenSource(s_patience);
        var notices = engine.SubscribeAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        _time.Advance(TimeSpan.FromHours(2));
        for (var delivered = 0; delivered < Customers && await notices.MoveNextAsync();)
        {
            if (notices.Current.Type == "delivered") delivered++;
        }

        await notices.DisposeAsync();
        for (var read = 0; read < 2; read++) await engine.GetAtRiskAsync(1, stop.Token);
    }

    private static async Task IngestAsync(EmbeddedEngine engine, int from, int to)
    {
        var events = Enumerable.Range(from, to - from).Select(Event).ToArray();
        var rejects = new[] { new RejectedItem(Instant.From(s_start), "http", 0, "bad_json", "not JSON", "{") };
        await engine.IngestAsync(new IngestBatch(events, rejects), CancellationToken.None).AsTask().WaitAsync(s_patience);
    }

    private static CustomerEvent Event(int i)
    {
        EventKind[] kinds = [EventKind.ProductViewed, EventKind.CartAdded, EventKind.Identified, EventKind.OrderCompleted];
        var kind = i < 40 ? kinds[i / Customers % 3] : kinds[i / Customers % 4];
        var at = Instant.From(s_start.AddSeconds(i).AddHours(i < 40 ? 0 : 2));
        return new CustomerEvent
        {
            Id = EventId.Parse(string.Create(CultureInfo.InvariantCulture, $"golden-{i}")),
            Kind = kind,
            Customer = CustomerId.FromUser(Name(i % Customers)),
            OccurredAt = at,
            IngestedAt = at,
            Products = kind == EventKind.Identified ? [] : [new ProductLine($"p{i % 7}", "shoes", "acme", null, 10m + i)],
            Currency = "EUR",
            OrderId = kind == EventKind.OrderCompleted ? $"order-{i}" : null,
        };
    }

    private static string Name(int customer) => string.Create(CultureInfo.InvariantCulture, $"golden-customer-{customer}");

    /// <summary>One line a fact, with nothing in it that a later version may compute differently (scores, rates).</summary>
    private static async Task<string> DescribeAsync(EmbeddedEngine engine)
    {
        var lines = new List<string>();
        for (var i = 0; i < Customers; i++)
        {
            var id = CustomerId.FromUser(Name(i));
            var insight = (await engine.GetInsightAsync(id, CancellationToken.None))!;
            var profile = insight.Profile;
            lines.Add(string.Create(CultureInfo.InvariantCulture,
                $"{id} events {profile.Events} sessions {profile.Sessions} orders {profile.Rfm.Frequency} "
                + $"spent {profile.Rfm.MonetaryValue}"));
            lines.Add(string.Create(CultureInfo.InvariantCulture,
                $"  cart {insight.Cart?.Episode} {insight.Cart?.State} {insight.Cart?.Value} scored {insight.Scores is not null}"));
            foreach (var made in insight.LastDecisions)
            {
                var view = (await engine.GetDecisionAsync(made.DecisionId, CancellationToken.None))!;
                var attempts = string.Join(", ", view.Attempts.Select(attempt => $"{attempt.Number} {attempt.Result}"));
                lines.Add($"  decision {made.DecisionId} {made.Rule} {made.Status} {made.Outcome} attempts: {attempts}");
            }

            var timeline = (await engine.GetTimelineAsync(id, 1_000, CancellationToken.None))!;
            lines.AddRange(timeline.Select(static entry => $"  {entry.Type} {entry.Name}"));
        }

        var rejects = await engine.Rejects.ListAsync(new RejectFilter(), 10, null, CancellationToken.None);
        lines.AddRange(rejects.Select(static kept => kept.Item).Select(static reject =>
            $"reject {reject.Source} {reject.Code} {reject.Message} {reject.Payload}"));
        return string.Join('\n', lines) + "\n";
    }

    private async Task<EmbeddedEngine> StartAsync(IEngineStore store)
    {
        var policy = Policy.Parse(new JsonObject
        {
            ["name"] = "golden",
            ["rules"] = new JsonArray(new JsonObject
            {
                ["id"] = "cart-reminder", ["on"] = "cart_abandoned", ["action"] = "reminder", ["channel"] = "log",
            }),
        });
        var engine = new EmbeddedEngine(
            new EngineOptions { Shards = 2 }, new CustomerOptions(), new DecisionMaker(policy), new LinearScorer(), store,
            [new AcceptingChannel()], new EngineInstruments(_meter), _time, NullLogger<EmbeddedEngine>.Instance);
        await engine.StartAsync(CancellationToken.None).WaitAsync(s_patience);
        return engine;
    }

    private sealed class AcceptingChannel : IActionChannel
    {
        public string Name => "log";

        public ValueTask<DeliveryResult> SendAsync(ActionMessage message, CancellationToken cancellationToken) =>
            ValueTask.FromResult(DeliveryResult.Delivered);
    }
}
