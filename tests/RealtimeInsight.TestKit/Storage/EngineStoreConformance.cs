using System.Buffers.Binary;
using System.Text;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.TestKit.Storage;

/// <summary>What every <see cref="IEngineStore"/> has to do; each store's test project derives from it.</summary>
public abstract partial class EngineStoreConformance
{
    /// <summary>A store over the same data as the one before, or over none at first.</summary>
    protected abstract IEngineStore Reopen();

    [Fact]
    public void Open_OfNewStore_StartsAtZero()
    {
        using var store = Reopen();
        Assert.Equal(new StoreHead(0, 0, 0), store.Open());
        Assert.Empty(store.ReadLog(0));
        Assert.Empty(store.ReadIndexes());
        Assert.Empty(store.ReadSegmentsV1());
        Assert.Null(store.FindRow(0));
        Assert.Equal(Instant.Never, store.NextOutboxDue("log"));
    }

    [Fact]
    public void Commit_ThenReopen_GivesEverythingBack()
    {
        using (var store = Reopen())
        {
            store.Open();
            var group = new CommitGroup { Checkpoint = 3 };
            group.Rows.Add(Row(0, 3, 1_000, 2_000));
            group.Rows.Add(Row(3, 2, 1_500, 9_000));
            group.Segments.Add(Segment(7, "states", "more"));
            store.Commit(group);
        }

        using var again = Reopen();
        Assert.Equal(new StoreHead(5, 3, 8), again.Open());
        AssertSame(Row(0, 3, 1_000, 2_000), again.ReadLog(1).First());
        Assert.Equal([0L, 3L], again.ReadLog(0).Select(row => row.FirstOffset));
        Assert.Equal(3, Assert.Single(again.ReadLog(3)).FirstOffset);
        Assert.Empty(again.ReadLog(5));
        AssertSame(Row(3, 2, 1_500, 9_000), again.FindRow(4)!);
        Assert.Null(again.FindRow(5));
        Assert.Equal((7L, 2), (Assert.Single(again.ReadIndexes()).Number, Assert.Single(again.ReadIndexes()).Count));
        Assert.Equal(["more", "states"], Pages(again, new StatePageName(7, 1), new StatePageName(7, 0)));
    }

    [Fact]
    public void ContainsEvent_SearchesRowsThatReachIntoTheSpan()
    {
        using var store = Reopen();
        store.Open();
        var group = new CommitGroup();
        group.Rows.Add(Row(0, 2, 1_000, 2_000, 5, ulong.MaxValue - 3));
        group.Rows.Add(Row(2, 1, 0, 0));
        store.Commit(group);
        Assert.True(store.ContainsEvent(5, new Instant(2_000), new Instant(3_000)));
        Assert.True(store.ContainsEvent(ulong.MaxValue - 3, new Instant(0), new Instant(1_000)));
        Assert.False(store.ContainsEvent(5, new Instant(2_001), new Instant(3_000)));
        Assert.False(store.ContainsEvent(6, new Instant(0), new Instant(3_000)));
    }

    [Fact]
    public void Segments_AreReadNewestFirst_AndGoWhenDropped()
    {
        using var store = Reopen();
        store.Open();
        var group = new CommitGroup();
        for (var number = 0; number < 4; number++) group.Segments.Add(Segment(number, $"s{number}", $"t{number}"));
        group.DroppedSegments.Add(1);
        store.Commit(group);
        Assert.Equal([3L, 2L, 0L], store.ReadIndexes().Select(index => index.Number));
        Assert.Equal(["t0", "s2"], Pages(store, new StatePageName(0, 1), new StatePageName(2, 0)));
    }

    [Fact]
    public void ReadPages_OfAPageThatIsNotThere_NamesTheSegment()
    {
        using var store = Reopen();
        store.Open();
        var group = new CommitGroup();
        group.Segments.Add(Segment(4, "s"));
        store.Commit(group);
        var missing = Assert.Throws<StoreCorruptException>(() => Pages(store, new StatePageName(4, 0), new StatePageName(4, 1)));
        Assert.Equal(4, missing.Offset);
        Assert.Throws<StoreCorruptException>(() => Pages(store, new StatePageName(5, 0)));
        Assert.Equal(["s"], Pages(store, new StatePageName(4, 0)));
    }

    [Fact]
    public void NextSegment_IsAfterTheHighest_WhateverTheOrderOfCommits()
    {
        using (var store = Reopen())
        {
            store.Open();
            var group = new CommitGroup();
            group.Segments.Add(Segment(6, "b"));
            group.Segments.Add(Segment(5, "a"));
            store.Commit(group);
        }

        using var again = Reopen();
        Assert.Equal(7, again.Open().NextSegment);
    }

    [Fact]
    public void Outbox_MovesFromPendingToDelivered_AndKeepsItsAttempts()
    {
        using var store = Reopen();
        store.Open();
        var group = new CommitGroup();
        group.Decisions.Add(Decision("d1", "decided"));
        group.Outbox.Add(Outbox("d1", "webhook", 100));
        group.Outbox.Add(Outbox("d2", "webhook", 50));
        group.Outbox.Add(Outbox("d3", "log", 10));
        store.Commit(group);
        Assert.Equal(["d2", "d1"], store.ReadDueOutbox("webhook", new Instant(100), 10).Select(row => row.DecisionId));
        Assert.Equal("body d2", Encoding.UTF8.GetString(Assert.Single(store.ReadDueOutbox("webhook", new Instant(99), 10)).Body.Span));
        Assert.Equal(new Instant(50), store.NextOutboxDue("webhook"));

        var retry = new DeliveryAttempt(1, new Instant(60), "retry", 503, "busy", 12);
        var done = new DeliveryAttempt(1, new Instant(110), "delivered", 200, null);
        group.Clear();
        group.Attempts.Add(new AttemptRow("d2", retry, OutboxState.Pending, new Instant(5_060)));
        group.Attempts.Add(new AttemptRow("d1", done, OutboxState.Delivered, Instant.Never));
        store.Commit(group);
        Assert.Equal(new Instant(5_060), store.NextOutboxDue("webhook"));
        Assert.Equal(1, Assert.Single(store.ReadDueOutbox("webhook", new Instant(5_060), 10)).Attempts);
        Assert.Equal([retry], store.ReadAttempts("d2"));
        Assert.Equal([done], store.ReadAttempts("d1"));
        Assert.Equal(new OutboxCounts(2, 1, 0), store.CountOutbox());
        Assert.Equal(new DecisionProgress(null, OutboxState.Delivered, 1), store.FindProgress("d1"));
    }

    [Fact]
    public void Outbox_SameDecisionTwice_IsOneEntry()
    {
        using var store = Reopen();
        store.Open();
        var group = new CommitGroup();
        group.Outbox.Add(Outbox("d1", "log", 100));
        store.Commit(group);
        store.Commit(group);
        Assert.Equal(new OutboxCounts(1, 0, 0), store.CountOutbox());
    }

    [Fact]
    public void Decision_PutAgain_TakesTheNewStatus_AndKeepsItsOutcome()
    {
        using var store = Reopen();
        store.Open();
        var group = new CommitGroup();
        group.Decisions.Add(Decision("d1", "deferred", "quiet_hours"));
        group.Outcomes.Add(new OutcomeRow("d1", "recovered", new Instant(9), 12.5m));
        store.Commit(group);
        group.Clear();
        group.Decisions.Add(Decision("d1", "decided"));
        store.Commit(group);
        var found = store.FindDecision("d1")!;
        Assert.Equal("decided", found.Status);
        Assert.Null(found.SuppressionReason);
        Assert.Equal("""{"id":"d1"}""", Encoding.UTF8.GetString(found.Record.Span));
        Assert.Equal(new DecisionProgress("recovered", null, 0), store.FindProgress("d1"));
        Assert.Null(store.FindDecision("d2"));
        Assert.Equal(new DecisionProgress(null, null, 0), store.FindProgress("d2"));
    }

    [Fact]
    public void Aliases_ComeBackInOrder()
    {
        using var store = Reopen();
        store.Open();
        var group = new CommitGroup();
        group.Aliases.Add(new AliasRow("anon:b", "user", 9));
        group.Aliases.Add(new AliasRow("anon:a", "user", 4));
        store.Commit(group);
        Assert.Equal(["anon:a", "anon:b"], store.ReadAliases().Select(alias => alias.VisitorId));
    }

    protected static LogRow Row(long first, int count, long minTime, long maxTime, params ulong[] hashes)
    {
        Array.Sort(hashes);
        var bytes = new byte[hashes.Length * sizeof(ulong)];
        for (var i = 0; i < hashes.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), hashes[i]);
        if (hashes.Length == 0) (minTime, maxTime) = (0, 0);
        return new LogRow(first, count, new Instant(minTime), new Instant(maxTime), bytes, Bytes($"row {first}"), 0).Sealed();
    }

    /// <summary>A segment with an index that is valid and pages that are anything.</summary>
    protected static StateSegment Segment(long number, params string[] pages)
    {
        var index = new byte[24 + (pages.Length * 36)];
        index[0] = SegmentIndex.FormatVersion;
        return new StateSegment(
            new SegmentIndex(number, pages.Length, index, 0).Sealed(), [.. pages.Select(page => (ReadOnlyMemory<byte>)Bytes(page))]);
    }

    private static string[] Pages(IEngineStore store, params StatePageName[] names)
    {
        var found = new string[names.Length];
        store.ReadPages(names, (position, page) => found[position] = Encoding.UTF8.GetString(page));
        return found;
    }

    private static void AssertSame(LogRow expected, LogRow found)
    {
        Assert.Equal(expected.Body.ToArray(), found.Body.ToArray());
        Assert.Equal(expected.EventHashes.ToArray(), found.EventHashes.ToArray());
        Assert.Equal(expected with { Body = default, EventHashes = default }, found with { Body = default, EventHashes = default });
    }

    private static DecisionRow Decision(string id, string status, string? reason = null) => new(
        id, "customer", new Instant(5), "cart-reminder", "reminder", "log", status, reason, Bytes($$"""{"id":"{{id}}"}"""));

    private static OutboxRow Outbox(string id, string channel, long at) =>
        new(id, "customer", channel, "action.decided", new Instant(at), 0, new Instant(at), Bytes($"body {id}"));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
