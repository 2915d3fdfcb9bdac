using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.TestKit.Storage;

public abstract partial class EngineStoreConformance
{
    [Fact]
    public void Rejects_AreReadNewestFirst_AsTheyWereKept()
    {
        using var store = Reopen();
        store.Open();
        var items = Enumerable.Range(0, 3)
            .Select(i => new RejectedItem(new Instant(i), "http", i, "bad_json", $"message {i}", "{\"a\":\"ü\"}")
            {
                Call = i == 1 ? "track" : null,
                Envelope = i == 2 ? "{\"sentAt\":\"x\"}" : null,
                IsCut = i == 2,
            }).ToArray();
        var group = new CommitGroup();
        group.Rejects.AddRange(items);
        store.Commit(group);
        var kept = store.ReadRejects(new RejectFilter(), long.MaxValue, 10);
        Assert.Equal([items[2], items[1], items[0]], kept.Select(reject => reject.Item));
        Assert.Equal(items[1], Assert.Single(store.ReadRejects(new RejectFilter(), kept[0].Id, 1)).Item);
        Assert.Equal(kept[1], store.FindReject(kept[1].Id));
        Assert.Null(store.FindReject(kept[0].Id + 1));
    }

    [Fact]
    public void Rejects_EachFilter_IsKept()
    {
        using var store = Reopen();
        store.Open();
        var group = new CommitGroup();
        string[] codes = ["late", "bad_json", "late", "late"];
        for (var i = 0; i < codes.Length; i++) group.Rejects.Add(new(new Instant(i), i == 3 ? "engine" : "http", i, codes[i], "m", ""));
        store.Commit(group);
        var second = store.ReadRejects(new RejectFilter(), long.MaxValue, 10)[2];
        group.Clear();
        group.Controls.Add(new ReplayRow(second.Id, new Instant(9), "accepted"));
        group.Controls.Add(new ReplayRow(second.Id + 1_000, new Instant(9), "accepted"));
        store.Commit(group);

        int[] Read(RejectFilter filter) => [.. store.ReadRejects(filter, long.MaxValue, 10).Select(reject => reject.Item.Index)];
        Assert.Equal([3, 2, 0], Read(new RejectFilter(Code: "late")));
        Assert.Equal([3], Read(new RejectFilter(Code: "late", Source: "engine")));
        Assert.Equal([2, 1], Read(new RejectFilter(From: new Instant(1), To: new Instant(3))));
        Assert.Equal([1], Read(new RejectFilter(IsReplayed: true)));
        Assert.Equal([3, 2, 0], Read(new RejectFilter(IsReplayed: false)));
        Assert.Equal(second with { ReplayedAt = new Instant(9), Outcome = "accepted" }, store.FindReject(second.Id));
    }

    [Fact]
    public void DeadLetters_AreListedNewestFirst_InPages_AndFiltered()
    {
        using var store = Reopen();
        store.Open();
        var group = new CommitGroup();
        for (var i = 0; i < 4; i++) group.Outbox.Add(Outbox($"d{i}", i == 3 ? "log" : "webhook", i * 10));
        foreach (var (id, at) in new[] { ("d0", 100), ("d1", 300), ("d3", 300) })
        {
            group.Attempts.Add(Died(id, 1, at));
        }

        store.Commit(group);
        var all = store.ReadDeadLetters(new DeadLetterFilter(), null, 10);
        Assert.Equal(["d3", "d1", "d0"], all.Select(letter => letter.DecisionId));
        Assert.Equal(
            new DeadLetter("d1", "customer", "webhook", new Instant(10), new Instant(300), 1, 400, "refused"), all[1]);
        var after = new DeadLetterPosition(all[0].DiedAt, all[0].DecisionId);
        Assert.Equal(["d1"], store.ReadDeadLetters(new DeadLetterFilter(), after, 1).Select(letter => letter.DecisionId));
        Assert.Equal(["d1", "d0"], store.ReadDeadLetters(new DeadLetterFilter("webhook"), null, 10).Select(letter => letter.DecisionId));
        var aged = new DeadLetterFilter(CreatedFrom: new Instant(10), CreatedBefore: new Instant(30));
        Assert.Equal("d1", Assert.Single(store.ReadDeadLetters(aged, null, 10)).DecisionId);
    }

    [Fact]
    public void DeadLetter_Redriven_IsPendingWithTheScheduleBeforeIt_AndOthersStay()
    {
        using var store = Reopen();
        store.Open();
        var group = new CommitGroup();
        group.Outbox.Add(Outbox("dead", "log", 0));
        group.Outbox.Add(Outbox("sent", "log", 0));
        group.Attempts.Add(Died("dead", 1, 50));
        group.Attempts.Add(new AttemptRow(
            "sent", new DeliveryAttempt(1, new Instant(60), "delivered", 200, null), OutboxState.Delivered, Instant.Never));
        store.Commit(group);
        group.Clear();
        foreach (var id in new[] { "dead", "sent", "unknown" }) group.Controls.Add(new RedriveRow(id, new Instant(70)));
        store.Commit(group);

        var row = Assert.Single(store.ReadDueOutbox("log", new Instant(70), 10));
        Assert.Equal(("dead", 1, 1, new Instant(70)), (row.DecisionId, row.Attempts, row.RoundStart, row.NextAt));
        Assert.Equal((OutboxState.Pending, Instant.None), (store.FindOutbox("dead")!.State, store.FindOutbox("dead")!.SettledAt));
        Assert.Equal((OutboxState.Delivered, new Instant(60)), (store.FindOutbox("sent")!.State, store.FindOutbox("sent")!.SettledAt));
        Assert.Null(store.FindOutbox("unknown"));
        Assert.Equal(new OutboxCounts(1, 1, 0), store.CountOutbox());
        Assert.Empty(store.ReadDeadLetters(new DeadLetterFilter(), null, 10));
    }

    [Fact]
    public void Endpoint_Disabled_IsStillSoAfterAReopen_UntilItIsEnabled()
    {
        var row = new EndpointRow("webhook", new Instant(7), "gone");
        using (var store = Reopen())
        {
            store.Open();
            var group = new CommitGroup();
            group.Controls.Add(new EndpointRow("webhook", new Instant(3), "first"));
            group.Controls.Add(row);
            store.Commit(group);
        }

        using var again = Reopen();
        again.Open();
        Assert.Equal(row, Assert.Single(again.ReadEndpoints()));
        var enable = new CommitGroup();
        enable.Controls.Add(row with { DisabledAt = Instant.None });
        again.Commit(enable);
        Assert.Empty(again.ReadEndpoints());
    }

    private static AttemptRow Died(string decision, int number, long at) => new(
        decision, new DeliveryAttempt(number, new Instant(at), "failed", 400, "refused", 3), OutboxState.Dead, Instant.Never);
}
