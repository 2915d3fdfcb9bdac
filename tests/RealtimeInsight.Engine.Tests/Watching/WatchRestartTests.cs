using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Engine.Tests.Embedded;
using RealtimeInsight.Engine.Watching;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Engine.Tests.Watching;

/// <summary>What is known of the models outlives the engine, also one that was cut off.</summary>
public sealed class WatchRestartTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private const int Day = 26 * 60;
    private readonly MemoryWatchStore _store = new();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Restart_GoesOnWithFiguresAndFollowedScores(int shards)
    {
        var first = await new EngineHarness { WatchStore = _store }.StartAsync();
        await first.IngestAsync(Make.View("a", 0));
        await first.IngestAsync(Make.Order("a", 5));
        await ADayPassesAsync(first, day: 1);
        await first.IngestAsync(Make.View("b", Day + 2));
        var before = Purchase(first);
        Assert.Equal((2L, 1L), (before.Outcomes, before.Live!.Positives));
        await first.DisposeAsync();

        await using var second = await first.RestartAsync(next => next.Options.Shards = shards);
        Assert.Equivalent(before.Live, Purchase(second).Live, strict: true);
        Assert.Equal(17, Waiting(second));

        var resolved = Observe(second);
        await second.IngestAsync(Make.Order("b", Day + 10));
        await ADayPassesAsync(second, day: 2);
        var bought = Assert.Single(resolved, static one => one.Head == ScoreHead.Purchase && one.Outcome);
        Assert.Equal(Make.At(Day + 2), bought.At);
    }

    [Fact]
    public async Task Crash_AfterTheOutcome_FindsItInTheState()
    {
        var first = await new EngineHarness { WatchStore = _store }.StartAsync();
        await first.IngestAsync(Make.View("a", 0), Make.View("b", 0));
        var saved = _store.NextWrite();
        first.Time.Advance(first.Options.Watch.SaveInterval);
        await first.SettleAsync();
        await saved.WaitAsync(s_patience);
        await first.IngestAsync(Make.Order("a", 5));
        await first.Engine.AbortAsync().WaitAsync(s_patience);

        await using var second = await first.RestartAsync();

        // The order's own scores are lost with the crash, those that it settles are not.
        Assert.Equal(2, Waiting(second));
        await ADayPassesAsync(second, day: 1);
        Assert.Equal((2L, 1L), (Purchase(second).Outcomes, Purchase(second).Live!.Positives));
    }

    [Fact]
    public async Task Start_OverADamagedRecord_CountsFromNow()
    {
        var first = await new EngineHarness { WatchStore = _store }.StartAsync();
        await first.IngestAsync(Make.View("a", 0));
        await first.IngestAsync(Make.Order("a", 5));
        await first.DisposeAsync();
        _store.Kept![^20] ^= 1;

        await using var second = await first.RestartAsync();

        Assert.Equal(0, Purchase(second).Outcomes);
        await second.IngestAsync(Make.View("b", 6));
        Assert.Equal(1, Waiting(second));
    }

    [Fact]
    public void Snapshot_OfAnotherVersion_IsRefused()
    {
        var monitor = Monitor();
        var bytes = Snapshot().ToBytes(monitor);
        bytes[4] = 9;
        var sum = Domain.Text.StableHash.Of(bytes.AsSpan(0, bytes.Length - 8));
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 8), sum);

        Assert.Contains("version 9", Assert.Throws<InvalidDataException>(() => WatchSnapshot.Read(bytes, Monitor())).Message,
            StringComparison.Ordinal);
    }

    /// <summary>The bytes of version 2; another result means another version.</summary>
    [Fact]
    public void Snapshot_Bytes_AreThoseOfVersionTwo()
    {
        var monitor = Monitor();
        monitor.Resolved(new ResolvedScore(ScoreHead.Churn, 5, new(1_000), new(2_000), 7, 0.25f, 0, 0, true));
        var bytes = Snapshot().ToBytes(monitor);

        Assert.Equal("7634 6b066d4d6b975f9d", $"{bytes.Length} {Domain.Text.StableHash.Of(bytes):x16}");
        var restored = new ModelMonitor(TimeSpan.FromDays(7), TimeSpan.FromDays(1));
        Assert.Equivalent(Snapshot(), WatchSnapshot.Read(bytes, restored));
        Assert.Equal(1, restored.Read([]).Versions.Single().Heads[0].Live!.Positives);
    }

    private static async Task ADayPassesAsync(EngineHarness engine, int day)
    {
        await engine.AdvanceAsync(TimeSpan.FromMinutes(Day));
        for (var turn = 0; turn < 2; turn++)
        {
            await engine.IngestAsync([.. Enumerable.Range(0, 8).Select(i => Make.View($"z{i}", (day * Day) + turn))]);
        }
    }

    private static ModelMonitor Monitor()
    {
        var monitor = new ModelMonitor(TimeSpan.FromDays(7), TimeSpan.FromDays(1));
        monitor.Know(new ModelIdentity("behaviour", "1", new string('a', 64), 7), manifest: null);
        return monitor;
    }

    private static WatchSnapshot Snapshot() => new(
        42, [ulong.MaxValue, ulong.MaxValue >> 1, ulong.MaxValue],
        [
            [
                new PendingScore
                {
                    Customer = 1, At = 10, Due = 20, OwnOrder = 3, Draw = 4, Stamp = 7, ShadowStamp = 8, Score = 0.5f, ShadowScore = 0.25f,
                    HasCome = true,
                },
            ],
            [], [],
        ]);

    private static List<ResolvedScore> Observe(EngineHarness engine)
    {
        var resolved = new List<ResolvedScore>();
        engine.Engine.Monitor.Observer = resolved.Add;
        return resolved;
    }

    private static HeadWatch Purchase(EngineHarness engine) =>
        engine.Engine.GetModelWatch().Versions.Single().Heads.Single(static head => head.Head == "purchase");

    private static long Waiting(EngineHarness engine) =>
        engine.Engine.GetModelWatch().Waiting.Single(static head => head.Head == "purchase").Open;
}
