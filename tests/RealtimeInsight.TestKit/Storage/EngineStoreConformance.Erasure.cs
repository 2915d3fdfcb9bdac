using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.TestKit.Storage;

public abstract partial class EngineStoreConformance
{
    [Fact]
    public void Erasures_AreKept_TheNewestOfACustomer()
    {
        using (var store = Reopen())
        {
            store.Open();
            var group = new CommitGroup();
            group.Controls.Add(new EraseRow(ulong.MaxValue, 0, 7, new Instant(70), IsDone: false));
            group.Controls.Add(new EraseRow(5, 1, 8, new Instant(80), IsDone: false));
            group.Controls.Add(new EraseRow(5, 1, 8, new Instant(80), IsDone: true));
            store.Commit(group);
        }

        using var again = Reopen();
        again.Open();
        Assert.Equal(
            [new EraseRow(5, 1, 8, new Instant(80), IsDone: true), new EraseRow(ulong.MaxValue, 0, 7, new Instant(70), IsDone: false)],
            again.ReadErased().OrderBy(static row => row.Hash));
    }

    [Fact]
    public void Rejects_ThatNameAnId_AreFound_AndGo()
    {
        using var store = Reopen();
        store.Open();
        var group = new CommitGroup();
        string[] payloads =
        [
            """{"userId":"ann\"a"}""", """{"userId":"anna"}""", """{"userId":"annalise"}""", """{"a":"x","userId":"anna"}""",
        ];
        foreach (var payload in payloads) group.Rejects.Add(new RejectedItem(new Instant(1), "http", 0, "bad", "m", payload));
        store.Commit(group);

        var found = store.FindRejects(["anna"]);
        Assert.Equal([payloads[1], payloads[3]], found.Order().Select(id => store.FindReject(id)!.Item.Payload));
        Assert.Equal(3, store.FindRejects(["anna", "annalise"]).Count);
        group.Clear();
        foreach (var id in found) group.Controls.Add(new DropRejectRow(id));
        store.Commit(group);
        Assert.Equal(2, store.ReadRejects(new RejectFilter(), long.MaxValue, 10).Count);
    }

    [Theory]
    [InlineData("renée", """{"userId":"ren\u00e9e"}""", true)]
    [InlineData("renée", """{"userId":"renée"}""", true)]
    [InlineData("a\"b", """{"userId":"a\"b"}""", true)]
    [InlineData("a/b", """{"userId":"a\/b"}""", true)]
    [InlineData("a\\b", """{"userId":"a\\b"}""", true)]
    [InlineData("anna", """{"first":"\ud800","traits":{"id":"anna"}}""", true)]
    [InlineData("anna", """{"userId":"anna","properties":{"te""", true)]
    [InlineData("userId", """{"userId":"anna"}""", false)]
    [InlineData("anna", """{"userId":"a\"anna\"b"}""", false)]
    [InlineData("4242", """{"userId":4242}""", true)]
    [InlineData("424", """{"userId":4242}""", false)]
    [InlineData("track", """{"type":"track","userId":7}""", false)]
    [InlineData("EUR", """{"properties":{"currency":"EUR","tags":["EUR"]}}""", false)]
    [InlineData("anna", """{"subject":"anna"}""", true)]
    public void Rejects_ThatNameAnId_AreFound_HoweverItIsWritten(string name, string json, bool isFound)
    {
        using var store = Reopen();
        store.Open();
        var group = new CommitGroup();
        group.Rejects.Add(new RejectedItem(new Instant(1), "http", 0, "bad", "m", json));
        group.Rejects.Add(new RejectedItem(new Instant(1), "http", 1, "bad", "m", "{}") { Envelope = json });
        store.Commit(group);

        Assert.Equal(isFound ? 2 : 0, store.FindRejects([name]).Count);
    }

    [Fact]
    public void Decision_Forgotten_GoesWithItsAction_WhetherThatWaitsOrNot()
    {
        using var store = Reopen();
        store.Open();
        var group = ThreeActions();
        group.Attempts.Add(Died("d0", 1, 200));
        group.Aliases.Add(new AliasRow("anon:a", "user", 4));
        store.Commit(group);
        group.Clear();
        group.Controls.Add(new ForgetDecisionRow("d0"));
        group.Controls.Add(new ForgetDecisionRow("d1"));
        group.Controls.Add(new DropAliasRow("anon:a"));
        group.Controls.Add(new ScrubRow(3));
        group.Controls.Add(new ScrubRow(0));
        store.Commit(group);

        Assert.Equal(new OutboxCounts(1, 0, 0), store.CountOutbox());
        Assert.Null(store.FindDecision("d0"));
        Assert.Empty(store.ReadAttempts("d0"));
        Assert.NotNull(store.FindDecision("d2"));
        Assert.Empty(store.ReadAliases());
    }

    /// <summary>What a delivery finds of an action, and what an erasure does, is for the commit to say.</summary>
    [Fact]
    public void Decision_ForgottenWhileItsActionIsSent_SaysWhereThatStood_AndKeepsNoLaterAttempt()
    {
        using var store = Reopen();
        store.Open();
        var group = ThreeActions();
        store.Commit(group);
        group.Clear();
        var died = Died("d0", 1, 200);
        ForgetDecisionRow[] forgotten = [new("d0"), new("d1"), new("none")];
        group.Attempts.Add(died);
        group.Controls.AddRange(forgotten);
        store.Commit(group);

        Assert.False(died.IsOfNoAction);
        Assert.Equal([OutboxState.Dead, OutboxState.Pending, null], forgotten.Select(static row => row.Was));
        group.Clear();
        AttemptRow[] late = [Died("d1", 1, 300), Died("d2", 1, 300)];
        group.Attempts.AddRange(late);
        group.Aliases.Add(new AliasRow("anon:b", "user", 4));
        group.Controls.Add(new DropAliasRow("anon:b"));
        store.Commit(group);

        Assert.Equal([true, false], late.Select(static row => row.IsOfNoAction));
        Assert.Empty(store.ReadAttempts("d1"));
        Assert.Single(store.ReadAttempts("d2"));
        Assert.Equal(new OutboxCounts(0, 0, 1), store.CountOutbox());
        Assert.Empty(store.ReadAliases());
    }

    [Fact]
    public void RowsAndPages_Rewritten_AreReadAsTheyAreNow()
    {
        using var store = WithRows();
        var group = new CommitGroup();
        group.Segments.Add(Segment(7, "states", "more"));
        store.Commit(group);
        var row = store.FindRow(3)!;
        group = new CommitGroup();
        group.Controls.Add(new RewriteLogRow((row with { Body = Bytes("blank") }).Sealed()));
        group.Controls.Add(new RewritePageRow(new StatePageName(7, 1), Bytes("gone")));
        group.Controls.Add(new RewritePageRow(new StatePageName(9, 0), Bytes("gone")));
        store.Commit(group);

        Assert.Equal(Bytes("blank"), store.FindRow(3)!.Body.ToArray());
        Assert.Equal(["states", "gone"], Pages(store, new StatePageName(7, 0), new StatePageName(7, 1)));
        Assert.True(store.ContainsEvent(21, new Instant(0), new Instant(20_000)));
    }
}
