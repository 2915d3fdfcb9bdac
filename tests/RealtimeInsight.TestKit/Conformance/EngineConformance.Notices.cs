using RealtimeInsight.Engine.Port;
using static RealtimeInsight.TestKit.Conformance.ConformanceShop;

namespace RealtimeInsight.TestKit.Conformance;

/// <summary>What happens, as it happens.</summary>
public abstract partial class EngineConformance
{
    [Fact]
    public async Task Notices_OfACart_ComeInOrderWithWhatWasDecided()
    {
        await using var shop = await OpenAsync();
        var anna = Treated("anna");
        await IngestAsync(shop, View("before", 0));
        await using var reader = await shop.FollowAsync();
        await IngestAsync(shop, Add(anna, 0));
        await shop.SetTimeAsync(At(60));
        await shop.WaitForOneAsync();

        var notices = new List<EngineNotice>();
        while (notices.LastOrDefault()?.Type != "delivered")
        {
            Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(s_patience), "the notices end");
            if (reader.Current.CustomerId == anna) notices.Add(reader.Current);
        }

        Assert.Equal(["cart_opened", "session_started"], notices.Take(2).Select(static one => one.Type).Order());
        Assert.Equal(
            ["cart_abandoned", "cart_at_risk", "decision", "delivered", "session_ended"],
            notices.Skip(2).Select(static one => one.Type).Order());
        var decision = notices.Single(static one => one.Type == "decision");
        Assert.Equal(("win-back: coupon", At(60)), (decision.Text, decision.At));
        Assert.Equal("cart 1, value 11.00", notices.Single(static one => one.Type == "cart_abandoned").Text);
        Assert.Equal("log, attempt 1", notices[^1].Text);
    }
}
