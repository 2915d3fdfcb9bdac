using RealtimeInsight.Engine.Port;
using static RealtimeInsight.TestKit.Conformance.ConformanceShop;

namespace RealtimeInsight.TestKit.Conformance;

/// <summary>What was not accepted.</summary>
public abstract partial class EngineConformance
{
    [Fact]
    public async Task Rejects_Kept_AreListedNewestFirstFoundAndMarked()
    {
        await using var shop = await OpenAsync();
        await shop.SetTimeAsync(At(1));
        await IngestAsync(shop, Reject("unknown_type", "http", 1, "first"));
        await shop.SetTimeAsync(At(2));
        await IngestAsync(shop, Reject("bad_time", "http", 2, "second") with { Call = "track", Envelope = "{}", IsCut = true });
        await shop.SetTimeAsync(At(3));
        await IngestAsync(shop, Reject("unknown_type", "replay", 3, "third"));
        await shop.CrashAsync();

        var all = await ListAsync(shop, new RejectFilter(Source: "http"));
        Assert.Equal(["second", "first"], all.Select(static one => one.Item.Payload));
        Assert.Equal(Reject("bad_time", "http", 2, "second") with { Call = "track", Envelope = "{}", IsCut = true }, all[0].Item);
        Assert.True(all[0].Id > all[1].Id, $"{all[0].Id} is newer than {all[1].Id}");
        Assert.Equal(["third", "first"], (await ListAsync(shop, new RejectFilter("unknown_type"))).Select(static one => one.Item.Payload));
        var between = new RejectFilter(Source: "http", From: At(2), To: At(3));
        Assert.Equal("second", Assert.Single(await ListAsync(shop, between)).Item.Payload);
        Assert.Equal("first", Assert.Single(await ListAsync(shop, new RejectFilter(Source: "http"), all[0].Id)).Item.Payload);

        var rejects = shop.Engine.Rejects;
        await rejects.MarkAsync(all[1].Id, "accepted", CancellationToken.None);
        var marked = (await rejects.FindAsync(all[1].Id, CancellationToken.None))!;
        Assert.Equal(("first", "accepted", At(3)), (marked.Item.Payload, marked.Outcome, marked.ReplayedAt));
        Assert.Equal(["first"], (await ListAsync(shop, new RejectFilter(IsReplayed: true))).Select(static one => one.Item.Payload));
        Assert.Null(await rejects.FindAsync(all[0].Id + 1_000_000, CancellationToken.None));
    }

    [Fact]
    public async Task Rejects_LateEvent_IsKeptAsideOrLeftOutAsItsBatchSays()
    {
        await using var shop = await OpenAsync();
        await shop.SetTimeAsync(At(3000));
        await IngestAsync(shop, View("anna", 2900));
        await IngestAsync(shop, View("anna", 10, "kept"), View("anna", 2901));
        var left = await shop.Engine.IngestAsync(
            IngestBatch.Of(View("anna", 11, "left")) with { Late = LateRule.LeaveOut }, CancellationToken.None);

        Assert.Equal([EventOutcome.Late], left.Outcomes);
        var late = Assert.Single(await ListAsync(shop, new RejectFilter("late")));
        Assert.Equal("engine", late.Item.Source);
        Assert.Contains("older than the customer's newest event, 1.00:00:00 is allowed", late.Item.Message, StringComparison.Ordinal);
        Assert.Contains("\"kept\"", late.Item.Payload, StringComparison.Ordinal);
    }

    private static RejectedItem Reject(string code, string source, double minutes, string payload) =>
        new(At(minutes), source, 0, code, "a message", payload);

    private static async Task IngestAsync(IEngineUnderTest shop, params RejectedItem[] rejects) =>
        await shop.Engine.IngestAsync(new IngestBatch([], rejects), CancellationToken.None).AsTask().WaitAsync(s_patience);

    private static async Task<IReadOnlyList<KeptReject>> ListAsync(IEngineUnderTest shop, RejectFilter filter, long? before = null) =>
        await shop.Engine.Rejects.ListAsync(filter, 100, before, CancellationToken.None).AsTask().WaitAsync(s_patience);
}
