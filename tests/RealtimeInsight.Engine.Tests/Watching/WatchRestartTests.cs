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
    private readonly MemoryWatchStore _store = new();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Restart_GoesOnWithFiguresAndFollowedScores(int shards)
    {
        var first = await new EngineHarness { WatchStore = _store }.StartAsync();
        await first.IngestAsync(Make.View("a", 0), Make.View("b", 0), Make.View("c", 0));
        await first.IngestAsync(Make.Order("a", 5));
        var before = Purchase(first);
        await first.DisposeAsync();

        await using var second = await first.RestartAsync(next => next.Options.Shards = shards);
        Assert.Equivalent(before.Live, Purchase(second).Live, strict: true);
        Assert.Equal((3L, 1L), (Waiting(second), Purchase(second).Outcomes));

        var resolved = Observe(second);
        await second.IngestAsync(Make.Order("b", 20));
        var one = Assert.Single(resolved, static one => one.Head == ScoreHead.Purchase);
        Assert.Equal((Make.At(0), true), (one.At, one.Outcome));
        Assert.Equal(2, Purchase(second).Outcomes);
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
        Assert.Equal((1L, 1L), (Purchase(second).Outcomes, Waiting(second)));
        Assert.Equal(1, Purchase(second).Live!.Positives);
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

    /// <summary>The bytes of version 1; another result means another version.</summary>
    [Fact]
    public void Snapshot_Bytes_AreThoseOfVersionOne()
    {
        var monitor = Monitor();
        monitor.Resolved(new ResolvedScore(ScoreHead.Churn, 5, new(1_000), new(2_000), 7, 0.25f, 0, 0, true));
        var bytes = Snapshot().ToBytes(monitor);

        Assert.Equal("7633 d86ef2f7d4071443", $"{bytes.Length} {Domain.Text.StableHash.Of(bytes):x16}");
        var restored = new ModelMonitor(TimeSpan.FromDays(7), TimeSpan.FromDays(1));
        Assert.Equivalent(Snapshot(), WatchSnapshot.Read(bytes, restored));
        Assert.Equal(1, restored.Read([]).Versions.Single().Heads[0].Live!.Positives);
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

    private sealed class MemoryWatchStore : IWatchStore
    {
        private TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public byte[]? Kept { get; private set; }

        public Task NextWrite() => (_written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        public byte[]? Read() => Kept;

        public void Write(byte[] snapshot)
        {
            Kept = snapshot;
            _written.TrySetResult();
        }
    }
}
