using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Simulation.Time;
using RealtimeInsight.TestKit.Scoring;

namespace RealtimeInsight.Storage.Sqlite.Tests;

/// <summary>The engine over the real file: what it acknowledged is there after it stopped in any way.</summary>
public sealed class EngineOnSqliteTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("insight-engine-");
    private readonly Meter _meter = new(EngineInstruments.MeterName);
    private readonly VirtualTime _time = new(Start);

    public void Dispose()
    {
        _meter.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Reopen_AfterAStopAndAfterACut_ContinuesWhereItWas()
    {
        string stopped;
        using (var store = Store())
        {
            await using var engine = await StartAsync(store);
            await IngestAsync(engine, 0, 300);
            stopped = await DescribeAsync(engine);
        }

        string cut;
        using (var store = Store())
        {
            var engine = await StartAsync(store);
            Assert.Equal(stopped, await DescribeAsync(engine));
            await IngestAsync(engine, 300, 600);
            cut = await DescribeAsync(engine);

            // The store closes under the running engine: what it would still have saved is lost, as in a crash.
            store.Dispose();
            await engine.DisposeAsync();
        }

        using (var store = Store())
        {
            await using var engine = await StartAsync(store);
            Assert.Equal(cut, await DescribeAsync(engine));
            Assert.Equal(600, (await IngestAsync(engine, 0, 600)).Duplicates);
        }
    }

    [Fact]
    public async Task Restore_OfABackupUnderLoad_IsTheEngineThatHadTheEventsUpToThen()
    {
        var backup = Path.Combine(_directory.FullName, "backup.db");
        var restored = Path.Combine(_directory.FullName, "restored");
        using (var store = Store())
        {
            await using var engine = await StartAsync(store);
            await IngestAsync(engine, 0, 200);
            var load = Task.Run(async () =>
            {
                for (var i = 200; i < 900; i += 7) await IngestAsync(engine, i, i + 7);
            });
            StoreBackup.Write(_directory.FullName, backup, _ => { }, CancellationToken.None);
            await load;
        }

        StoreBackup.Restore(backup, restored, replaces: false, "", _ => { }, CancellationToken.None);
        using var again = new SqliteStore(new SqliteStoreOptions { DataDirectory = restored });
        await using var found = await StartAsync(again);
        using var fresh = new SqliteStore(new SqliteStoreOptions { DataDirectory = Path.Combine(_directory.FullName, "fresh") });
        await using var expected = await StartAsync(fresh);
        var total = 0;
        for (var customer = 0; customer < 7; customer++)
        {
            var timeline = await found.GetTimelineAsync(CustomerId.FromUser($"customer-{customer}"), 1_000, CancellationToken.None);
            total += timeline!.Count;
            await SendAsync(expected, Enumerable.Range(0, timeline.Count).Select(i => (i * 7) + customer));
        }

        Assert.InRange(total, 200, 900);
        Assert.Equal(await DescribeAsync(expected), await DescribeAsync(found));
    }

    [Theory]
    [InlineData("UPDATE state_pages SET body = zeroblob(length(body))", "does not match its checksum")]
    [InlineData("DELETE FROM state_pages", "has no page")]
    public async Task DamagedStates_AreMadeAnewFromTheLog_AndNamedByTheCheck(string damage, string told)
    {
        string before;
        using (var store = Store())
        {
            await using var engine = await StartAsync(store);
            await IngestAsync(engine, 0, 300);
            before = await DescribeAsync(engine);
        }

        var path = SqliteStore.PathIn(_directory.FullName);
        using (var file = new SqliteFile(path, readOnly: false, TimeSpan.FromSeconds(5))) file.Run(damage);
        Assert.Contains(told, StoreCheck.Describe(path, null, CancellationToken.None), StringComparison.Ordinal);
        using var again = Store();
        await using (var engine = await StartAsync(again))
        {
            Assert.Equal(before, await DescribeAsync(engine));
            Assert.Equal((7L, 0L), (engine.GetStatus().CustomersRebuilt, engine.GetStatus().CustomersLost));
            Assert.Equal(300, (await IngestAsync(engine, 0, 300)).Duplicates);
        }
    }

    private static Task<IngestResult> IngestAsync(EmbeddedEngine engine, int from, int to) =>
        SendAsync(engine, Enumerable.Range(from, to - from));

    private static async Task<IngestResult> SendAsync(EmbeddedEngine engine, IEnumerable<int> numbers)
    {
        var events = numbers.Select(i => new CustomerEvent
        {
            Id = EventId.Parse($"e{i}"),
            Kind = i % 5 == 0 ? EventKind.CartAdded : EventKind.ProductViewed,
            Customer = CustomerId.FromUser($"customer-{i % 7}"),
            OccurredAt = Instant.From(Start.AddSeconds(i)),
            IngestedAt = Instant.From(Start.AddSeconds(i)),
            Products = [new ProductLine($"p{i % 11}", "shoes", "acme", null, 10m + i)],
        }).ToArray();
        return await engine.IngestAsync(IngestBatch.Of(events), CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static async Task<string> DescribeAsync(EmbeddedEngine engine)
    {
        var parts = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            var id = CustomerId.FromUser($"customer-{i}");
            parts.Add(JsonSerializer.Serialize(await engine.GetInsightAsync(id, CancellationToken.None)));
            var timeline = (await engine.GetTimelineAsync(id, 1_000, CancellationToken.None))!;
            parts.Add(JsonSerializer.Serialize(timeline.Select(entry => entry.At)));
        }

        return string.Join('\n', parts);
    }

    private SqliteStore Store() => new(new SqliteStoreOptions { DataDirectory = _directory.FullName });

    private async Task<EmbeddedEngine> StartAsync(SqliteStore store)
    {
        var policy = Policy.Parse(new JsonObject { ["name"] = "none", ["rules"] = new JsonArray() });
        var engine = new EmbeddedEngine(
            new EngineOptions { Shards = 2 }, new CustomerOptions(), new DecisionMaker(policy), new LinearScorer(), store, [],
            new EngineInstruments(_meter), _time, NullLogger<EmbeddedEngine>.Instance);
        await engine.StartAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        return engine;
    }
}
