using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Port;
using static RealtimeInsight.TestKit.Conformance.ConformanceShop;

namespace RealtimeInsight.TestKit.Conformance;

/// <summary>Who is who.</summary>
public abstract partial class EngineConformance
{
    [Fact]
    public async Task Merge_EventNamesBothIds_HistoriesAreOneAndLaterEventsAreForwarded()
    {
        await using var shop = await OpenAsync();
        await shop.SetTimeAsync(At(20));
        await IngestAsync(
            shop, View("anon:v", 0), Add("anon:v", 1), View("anna", -10), Identify("anna", 5, "anon:v"), View("anon:v", 6, "six"));

        var later = await IngestAsync(shop, View("anon:v", 7), View("anon:v", 6, "six"), View("anon:v", 2, "late"), Order("anna", 9));

        Assert.Equal([EventOutcome.Accepted, EventOutcome.Duplicate, EventOutcome.Accepted, EventOutcome.Accepted], later.Outcomes);
        var anna = await InsightAsync(shop, "anna");
        Assert.Equal((8L, "converted", "anna", null), (anna.Profile.Events, anna.Cart!.State, anna.CustomerId, anna.MergedInto));
        Assert.Equal(At(-10), anna.Profile.FirstSeen);
        Assert.Equal(["anon:v"], anna.Profile.LinkedVisitors);
        var visitor = await InsightAsync(shop, "anon:v");
        Assert.Equal(("anna", "anna", 8L), (visitor.CustomerId, visitor.MergedInto, visitor.Profile.Events));
    }

    [Fact]
    public async Task Merge_SharedDeviceOrNoHistory_StaysAsItIs()
    {
        await using var shop = await OpenAsync();
        await shop.SetTimeAsync(At(30));
        await IngestAsync(shop, View("anon:v", 0), Identify("anna", 1, "anon:v"), Identify("ben", 2, "anon:v"), View("anon:v", 3));
        Assert.Equal((3L, 1L), ((await InsightAsync(shop, "anna")).Profile.Events, (await InsightAsync(shop, "ben")).Profile.Events));

        await IngestAsync(shop, Identify("carl", 4, "anon:w"), View("anon:w", 5));
        Assert.Null((await InsightAsync(shop, "anon:w")).MergedInto);
        await IngestAsync(shop, Identify("carl", 6, "anon:w"));
        Assert.Equal(("carl", 3L), ((await InsightAsync(shop, "anon:w")).MergedInto, (await InsightAsync(shop, "carl")).Profile.Events));
    }

    [Fact]
    public async Task Merge_AliasAheadOfTheVisitorsEvents_SendsThemToTheCustomer()
    {
        await using var shop = await OpenAsync();
        await shop.SetTimeAsync(At(10));
        await IngestAsync(shop, Identify("anna", 0, "anon:v") with { Subject = CustomerEvent.AliasSubject });
        await IngestAsync(shop, View("anon:v", 1), View("anon:v", 2));

        Assert.Equal(3, (await InsightAsync(shop, "anna")).Profile.Events);
    }

    [Fact]
    public async Task Merge_Requests_MergePartAndSayWhatIsSo()
    {
        await using var shop = await OpenAsync();
        await shop.SetTimeAsync(At(10));
        await IngestAsync(shop, View("anna", 0), View("ben", 1), View("carl", 2));

        Assert.Equal(new MergeResult(MergeOutcome.Unknown, "nobody"), await MergeAsync(shop, "anna", "nobody"));
        Assert.Equal(new MergeResult(MergeOutcome.NothingToDo, "anna"), await MergeAsync(shop, "anna", "anna"));
        Assert.Equal(new MergeResult(MergeOutcome.Merged, "anna"), await MergeAsync(shop, "anna", "ben"));
        Assert.Equal(new MergeResult(MergeOutcome.AlreadyMerged, "anna"), await MergeAsync(shop, "anna", "ben"));
        Assert.Equal(new MergeResult(MergeOutcome.BelongsToAnother, "anna"), await MergeAsync(shop, "carl", "ben"));
        Assert.Equal(new MergeResult(MergeOutcome.Merged, "carl"), await MergeAsync(shop, "carl", "anna"));
        await IngestAsync(shop, View("ben", 3));
        Assert.Equal((4L, "carl"), ((await InsightAsync(shop, "ben")).Profile.Events, (await InsightAsync(shop, "ben")).MergedInto));

        Assert.Equal(new MergeResult(MergeOutcome.BelongsToAnother, "anna"), await UnmergeAsync(shop, "carl", "ben"));
        Assert.Equal(new MergeResult(MergeOutcome.Unmerged, "anna"), await UnmergeAsync(shop, "carl", "anna"));
        Assert.Equal(new MergeResult(MergeOutcome.Unmerged, "ben"), await UnmergeAsync(shop, "anna", "ben"));
        Assert.Equal(new MergeResult(MergeOutcome.NothingToDo, "ben"), await UnmergeAsync(shop, "anna", "ben"));
        Assert.Equal((1L, 2L, 1L), (
            (await InsightAsync(shop, "anna")).Profile.Events, (await InsightAsync(shop, "ben")).Profile.Events,
            (await InsightAsync(shop, "carl")).Profile.Events));
    }

    [Fact]
    public async Task Merge_ThenCrash_IsKnownAfterwards()
    {
        await using var shop = await OpenAsync();
        await shop.SetTimeAsync(At(10));
        await IngestAsync(shop, View("anon:v", 0), Identify("anna", 1, "anon:v"));

        await shop.CrashAsync();

        Assert.Equal(("anna", 2L), ((await InsightAsync(shop, "anon:v")).MergedInto, (await InsightAsync(shop, "anna")).Profile.Events));
        Assert.Equal([EventOutcome.Duplicate], (await IngestAsync(shop, View("anon:v", 0))).Outcomes);
    }

    private static async Task<MergeResult> MergeAsync(IEngineUnderTest shop, string into, string from) => await shop.Engine.MergeAsync(
        CustomerId.Parse(into), CustomerId.Parse(from), CancellationToken.None).AsTask().WaitAsync(s_patience);

    private static async Task<MergeResult> UnmergeAsync(IEngineUnderTest shop, string into, string from) => await shop.Engine.UnmergeAsync(
        CustomerId.Parse(into), CustomerId.Parse(from), CancellationToken.None).AsTask().WaitAsync(s_patience);
}
