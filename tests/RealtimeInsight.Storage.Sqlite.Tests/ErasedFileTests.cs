using System.Diagnostics.Metrics;
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

/// <summary>The bytes of the file do not hold an erased customer.</summary>
public sealed class ErasedFileTests : IDisposable
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly RejectedItem s_step = new(Instant.From(s_start), "test", 0, "step", "", "");
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("insight-erased-");
    private readonly Meter _meter = new(EngineInstruments.MeterName);
    private readonly VirtualTime _time = new(s_start);

    public void Dispose()
    {
        _meter.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Erase_LeavesNoByteOfTheIdInTheFile_AndTheStoreSound()
    {
        await RunAsync(IngestAsync);
        Assert.True(FileHolds("greta"u8));

        await RunAsync(EraseAsync);
        Assert.False(FileHolds("greta"u8));
        Assert.True(FileHolds("other-3"u8));
        Assert.Empty(StoreCheck.Run(FilePath, CancellationToken.None).Damages);

        await RunAsync(static async engine =>
        {
            Assert.Null(await engine.GetInsightAsync(CustomerId.Parse("greta"), CancellationToken.None));
            Assert.Equal(8, (await engine.GetInsightAsync(CustomerId.Parse("other-3"), CancellationToken.None))!.Profile.Events);
        });
    }

    private string FilePath => Path.Combine(_directory.FullName, "engine.db");

    /// <summary>The customer is saved several times, in segments that are given up and in ones that are not.</summary>
    private async Task IngestAsync(EmbeddedEngine engine)
    {
        for (var round = 0; round < 8; round++)
        {
            var at = Instant.From(_time.GetUtcNow());
            var events = Enumerable.Range(0, 40).Select(i => Event($"other-{i}", $"e{round}", at)).Append(Event("greta", $"g{round}", at));
            await engine.IngestAsync(IngestBatch.Of([.. events]), CancellationToken.None);
            _time.Advance(TimeSpan.FromSeconds(30));
            await engine.GetAtRiskAsync(1, CancellationToken.None);
        }
    }

    private async Task EraseAsync(EmbeddedEngine engine)
    {
        var erasing = engine.EraseAsync(CustomerId.Parse("greta"), CancellationToken.None).AsTask();
        for (var steps = 0; steps < 10_000 && !erasing.IsCompleted; steps++)
        {
            // All that one step brings is committed before the next.
            _time.Advance(TimeSpan.FromSeconds(5));
            for (var read = 0; read < 2; read++) await engine.GetAtRiskAsync(1, CancellationToken.None);
            await engine.IngestAsync(new IngestBatch([], [s_step]), CancellationToken.None);
        }

        var result = await erasing.WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(1, result!.Ids);
        Assert.True(result.Records >= 8, $"{result}");
    }

    private async Task RunAsync(Func<EmbeddedEngine, Task> work)
    {
        using var store = new SqliteStore(new SqliteStoreOptions { DataDirectory = _directory.FullName });
        await using var engine = new EmbeddedEngine(
            new EngineOptions { Shards = 2 }, new CustomerOptions(), new DecisionMaker(Policy.Parse(PolicyOfNothing())), new LinearScorer(),
            store, [], new EngineInstruments(_meter), _time, NullLogger<EmbeddedEngine>.Instance);
        await engine.StartAsync(CancellationToken.None);
        await work(engine);
    }

    private bool FileHolds(ReadOnlySpan<byte> text)
    {
        Assert.False(File.Exists(FilePath + "-wal"));
        return File.ReadAllBytes(FilePath).AsSpan().IndexOf(text) >= 0;
    }

    private static JsonObject PolicyOfNothing() => new() { ["name"] = "none", ["rules"] = new JsonArray() };

    private static CustomerEvent Event(string customer, string id, Instant at) => new()
    {
        Id = EventId.Parse(id), Kind = EventKind.ProductViewed, Customer = CustomerId.Parse(customer), OccurredAt = at, IngestedAt = at,
        Products = [new ProductLine($"seen-by-{customer}", "shoes", "acme", null, 20m)],
    };
}
