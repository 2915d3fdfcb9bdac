using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.TestKit.Storage;

public abstract partial class EngineStoreConformance
{
    [Fact]
    public void OldRows_AreThoseBeforeTheTimeAndTheOffset_AndNeverTheLast()
    {
        using var store = WithRows();
        Assert.Equal(new Instant(9_000), store.NewestEventTime());

        // The row without events goes with the two before it.
        Assert.Equal(6, store.FindOldRows(0, new Instant(5_000), 100, 10));
        Assert.Equal(3, store.FindOldRows(0, new Instant(5_000), 100, 1));
        Assert.Equal(5, store.FindOldRows(0, new Instant(5_000), 5, 10));
        Assert.Equal(3, store.FindOldRows(0, new Instant(5_000), 4, 10));
        Assert.Equal(0, store.FindOldRows(0, new Instant(2_000), 100, 10));
        Assert.Equal(6, store.FindOldRows(3, new Instant(5_000), 6, 10));
        Assert.Equal(8, store.FindOldRows(6, Instant.Never, 100, 10));
    }

    [Fact]
    public void Log_Trimmed_BeginsThere_AlsoWhenOpenedAgain()
    {
        using (var store = WithRows())
        {
            var group = new CommitGroup();
            group.Controls.Add(new TrimLogRow(5));
            store.Commit(group);
            Assert.Equal([5L, 6, 8], store.ReadLog(0).Select(row => row.FirstOffset));
            Assert.Null(store.FindRow(4));
            Assert.Equal(5, store.FindRow(5)!.FirstOffset);
            Assert.False(store.ContainsEvent(11, new Instant(0), new Instant(20_000)));
            Assert.True(store.ContainsEvent(31, new Instant(0), new Instant(20_000)));
        }

        using var again = Reopen();
        var head = again.Open();
        Assert.Equal((5, 9), (head.LogStart, head.NextOffset));
    }

    [Fact]
    public void OldDecisions_AreReadOldestFirst_WithoutThoseWhoseActionWaits_AndGo()
    {
        using var store = Reopen();
        store.Open();
        var group = new CommitGroup();
        for (var i = 0; i < 4; i++) group.Decisions.Add(Decided($"d{i}", 100 - i));
        group.Outbox.Add(Outbox("d2", "log", 1));
        store.Commit(group);

        Assert.Equal(["d3", "d1"], store.ReadOldDecisions(new Instant(100), 10));
        Assert.Equal(["d3"], store.ReadOldDecisions(new Instant(100), 1));
        group.Clear();
        foreach (var id in new[] { "d1", "d2", "unknown" }) group.Controls.Add(new DropDecisionRow(id));
        store.Commit(group);
        Assert.Null(store.FindDecision("d1"));
        Assert.NotNull(store.FindDecision("d2"));
        Assert.Equal(["d3"], store.ReadOldDecisions(new Instant(100), 10));
    }

    [Fact]
    public void SettledActions_Go_AndTheirDecisionsSayHowTheyEnded()
    {
        using var store = Reopen();
        store.Open();
        var group = ThreeActions();
        group.Attempts.Add(Died("d0", 1, 200));
        group.Attempts.Add(new AttemptRow(
            "d1", new DeliveryAttempt(1, new Instant(100), "delivered", 200, null, 5), OutboxState.Delivered, Instant.Never));
        store.Commit(group);
        Assert.Equal(
            [new SettledAction("d1", OutboxState.Delivered), new SettledAction("d0", OutboxState.Dead)],
            store.ReadSettled(new Instant(201), 10));
        Assert.Equal("d1", Assert.Single(store.ReadSettled(new Instant(200), 10)).DecisionId);

        group.Clear();
        group.Controls.Add(new DropActionRow(new SettledAction("d0", OutboxState.Dead)));
        group.Controls.Add(new DropActionRow(new SettledAction("d1", OutboxState.Delivered)));
        group.Controls.Add(new DropActionRow(new SettledAction("d2", OutboxState.Delivered)));
        store.Commit(group);
        Assert.Equal(new OutboxCounts(1, 0, 0), store.CountOutbox());
        Assert.Empty(store.ReadAttempts("d0"));
        Assert.Null(store.FindOutbox("d1"));
        Assert.Equal(OutboxState.Dead, store.FindProgress("d0").Delivery);
        Assert.Equal(OutboxState.Delivered, store.FindProgress("d1").Delivery);
        Assert.Equal(OutboxState.Pending, store.FindProgress("d2").Delivery);
    }

    private IEngineStore WithRows()
    {
        var store = Reopen();
        store.Open();
        var group = new CommitGroup();
        group.Rows.Add(Row(0, 3, 1_000, 2_000, 11));
        group.Rows.Add(Row(3, 2, 1_500, 4_000, 21));
        group.Rows.Add(Row(5, 1, 0, 0));
        group.Rows.Add(Row(6, 2, 3_000, 9_000, 31));
        group.Rows.Add(Row(8, 1, 1_000, 1_000, 41));
        store.Commit(group);
        return store;
    }

    /// <summary>Decisions d0, d1 and d2, each with an action that waits.</summary>
    private static CommitGroup ThreeActions()
    {
        var group = new CommitGroup();
        for (var i = 0; i < 3; i++)
        {
            group.Decisions.Add(Decided($"d{i}", i));
            group.Outbox.Add(Outbox($"d{i}", "log", i));
        }

        return group;
    }

    private static DecisionRow Decided(string id, long at) =>
        new(id, "customer", new Instant(at), "rule", "coupon", "log", "decided", null, "{}"u8.ToArray());
}
