using RealtimeInsight.Engine.Port;
using RealtimeInsight.Host.Demo;

namespace RealtimeInsight.Host.Tests.Demo;

public sealed class DemoNarratorTests
{
    [Fact]
    public void StatusLine_TellsCountersInOneLine()
    {
        var status = new FakeEngine().GetStatus() with { EventsAccepted = 12_345, Customers = 678, CartsAbandoned = 9, Scores = 12_345 };

        Assert.Equal(
            "-- 12,345 events (42/s) · 678 customers · carts 1 open, 1 at risk, 9 abandoned, 0 recovered, 0 converted · "
            + "12,345 scores · 1 actions sent",
            DemoNarrator.StatusLine(status, 42.2));
    }

    [Theory]
    [InlineData("cart_opened", "", "12:00:00  cart opened     alice")]
    [InlineData("cart_abandoned", "59.90 EUR", "12:00:00  cart abandoned  alice  59.90 EUR")]
    public void Line_NamesTimeKindAndCustomer(string type, string text, string expected) => Assert.Equal(
        expected, DemoNarrator.Line(new EngineNotice(Sample.At, type, "alice", text), DemoNarrator.TitleOf(type)!));
}
