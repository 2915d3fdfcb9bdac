using RealtimeInsight.Engine.Port;
using static RealtimeInsight.TestKit.Conformance.ConformanceShop;

namespace RealtimeInsight.TestKit.Conformance;

/// <summary>Who may be lost.</summary>
public abstract partial class EngineConformance
{
    [Fact]
    public async Task AtRisk_OpenSessionsAndCarts_AreListedMostAtRiskFirst()
    {
        await using var shop = await OpenAsync();
        await shop.SetTimeAsync(At(4));
        await IngestAsync(
            shop, View("anna", 0), Add("anna", 1), View("ben", 2), View("ben", 3), View("anon:v", 2), Identify("carl", 4, "anon:v"),
            View("gone", -200));
        await shop.SetTimeAsync(At(5));

        var listed = await AtRiskAsync(shop, 10);
        Assert.Equal(["anna", "ben", "carl"], listed.Select(static one => one.CustomerId).Order());
        Assert.Equal(listed.OrderByDescending(Risk).Select(static one => one.CustomerId), listed.Select(static one => one.CustomerId));
        foreach (var one in listed)
        {
            var insight = await InsightAsync(shop, one.CustomerId);
            Assert.Equal(
                (insight.Scores!.Churn, insight.Scores.Abandonment, insight.Scores.Purchase), (one.Churn, one.Abandonment, one.Purchase));
            Assert.Equal((insight.Cart?.State, insight.Profile.LastSeen), (one.CartState, one.LastSeen));
            Assert.Equal(insight.Segments, one.Segments);
        }

        var anna = listed.Single(static one => one.CustomerId == "anna");
        Assert.Equal(("open", 11m, "EUR"), (anna.CartState, anna.CartValue, anna.Currency));
        Assert.Equal(listed[0].CustomerId, Assert.Single(await AtRiskAsync(shop, 1)).CustomerId);

        await shop.CrashAsync();
        await shop.SetTimeAsync(At(6));
        Assert.Equal(listed.Select(static one => one.CustomerId), (await AtRiskAsync(shop, 10)).Select(static one => one.CustomerId));
        await shop.SetTimeAsync(At(300));
        Assert.Empty(await AtRiskAsync(shop, 10));
    }

    private static float Risk(CustomerAtRisk one) => Math.Max(one.Churn, one.Abandonment ?? 0f);

    private static async Task<IReadOnlyList<CustomerAtRisk>> AtRiskAsync(IEngineUnderTest shop, int limit) =>
        await shop.Engine.GetAtRiskAsync(limit, CancellationToken.None).AsTask().WaitAsync(s_patience);
}
