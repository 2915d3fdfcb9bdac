using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Tests.Kit;

namespace RealtimeInsight.Domain.Tests.Carts;

/// <summary>Which cart an event or order is about, and what an order leaves behind.</summary>
public sealed class CartMatchingTests
{
    [Theory]
    [InlineData("add a cart=x; add b cart=y; add c cart=x", "2:open[b*1] 1:open[a*1,c*1]")]
    [InlineData("add a cart=x; add b cart=y; add c", "1:open[a*1] 2:open[b*1,c*1]")]
    [InlineData("add a; add b cart=x; add c cart=y", "1:open[a*1,b*1] 2:open[c*1]")]
    [InlineData("add a cart=x; add b", "1:open[a*1,b*1]")]
    [InlineData("add a cart=x; add a cart=y; remove a cart=x", "2:open[a*1] 1:emptied[]")]
    [InlineData("add a cart=x; add b cart=y; show c cart=x", "2:open[b*1] 1:open[c*1]")]
    [InlineData("add a cart=x; remove a cart=y", "1:open[a*1]")]
    public void CartEvents_GoToTheCartTheyName(string script, string carts) => Assert.Equal(carts, Scenario.Of(script).CartsNow);

    [Fact]
    public void CartEvent_WithANewId_NamesTheCartWithoutOne()
    {
        var scenario = Scenario.Of("add a cart=x; wait 20d; add b; wait 1h; add c cart=y");

        Assert.Equal("1:abandoned[a*1] 2:recovered[b*1,c*1]", scenario.CartsNow);
        Assert.Equal("y", scenario.State.Cart!.CartId);
    }

    [Theory]
    [InlineData("add a cart=x; add a cart=y; order a cart=x", "2:open[a*1] 1:converted[]")]
    [InlineData("add a cart=x; add b cart=y; order cart=x", "2:open[b*1] 1:converted[]")]
    [InlineData("add a cart=x; add a cart=y; order a", "1:open[a*1] 2:converted[]")]
    [InlineData("add a cart=x; add b cart=y; order a", "2:open[b*1] 1:converted[]")]
    [InlineData("add a cart=x; order a cart=z", "1:open[a*1]")]
    [InlineData("add a cart=x; order b cart=z", "1:open[a*1]")]
    public void Order_ConvertsTheCartItNames_ElseTheNewestThatHoldsItsProducts(string script, string carts) =>
        Assert.Equal(carts, Scenario.Of(script).CartsNow);

    [Theory]
    [InlineData("order a", "")]
    [InlineData("add a; order", "1:converted[]")]
    [InlineData("add a b; order a b", "1:converted[]")]
    [InlineData("add a*2 b; order a*2 b", "1:converted[]")]
    [InlineData("add a b; order a", "1:converted[b*1]")]
    [InlineData("add a*3; order a", "1:converted[a*2]")]
    [InlineData("add a b; order a c", "1:converted[b*1]")]
    public void Order_TakesWhatItNames_OrEverything(string script, string carts) => Assert.Equal(carts, Scenario.Of(script).CartsNow);

    [Theory]
    [InlineData("add a; order x", "1:converted[]")]
    [InlineData("add a; wait 14m; order x", "1:converted[]")]
    [InlineData("add a; wait 40m; view b; order x", "1:converted[]")]
    [InlineData("add a; wait 2h; view b; order x", "1:abandoned[a*1]")]
    [InlineData("add a; wait 2h; add b; order x", "1:converted[]")]
    public void Order_OfOtherProductIds_ConvertsACartOfItsSession(string script, string carts) =>
        Assert.Equal(carts, Scenario.Of(script).CartsNow);

    [Theory]
    [InlineData("add a b c; order a id=o; order b id=o; order c id=o", "1:converted[]")]
    [InlineData("add a b c; order a id=o; order b id=o; add d", "1:converted[c*1] 2:open[c*1,d*1]")]
    [InlineData("add a b cart=x; add q cart=y; order a cart=x id=o; order b id=o", "2:open[q*1] 1:converted[]")]
    [InlineData("add a b cart=x; add b cart=y; order a cart=x id=o; order b id=o", "2:open[b*1] 1:converted[]")]
    [InlineData("add a b; order a id=o; add q; order b id=o", "1:converted[] 2:open[q*1]")]
    [InlineData("add a b; order a id=o; add b; order b id=o", "1:converted[] 2:open[b*1]")]
    [InlineData("add a; order a id=o; add a; order a id=o", "1:converted[] 2:open[a*1]")]
    [InlineData("add a; wait 2h; view b; order x id=o; order a id=o", "1:converted[]")]
    public void Order_SentLineByLine_TakesAllItsLines(string script, string carts) => Assert.Equal(carts, Scenario.Of(script).CartsNow);

    [Theory]
    [InlineData("add a b; order a; add c", "cart_opened#1 cart_converted#1 cart_opened#2", "1:converted[b*1] 2:open[b*1,c*1]")]
    [InlineData("add a b; order a; add b", "cart_opened#1 cart_converted#1 cart_opened#2", "1:converted[b*1] 2:open[b*2]")]
    [InlineData("add a b; order a; wait 2d", "cart_opened#1 cart_converted#1", "1:converted[b*1]")]
    [InlineData("add a; order a; add a", "cart_opened#1 cart_converted#1 cart_opened#2", "1:converted[] 2:open[a*1]")]
    public void LinesLeftOver_ComeBackWithTheNextCart(string script, string effects, string carts)
    {
        var scenario = Scenario.Of(script);
        Assert.Equal(effects, scenario.CartEffects);
        Assert.Equal(carts, scenario.CartsNow);
    }

    [Fact]
    public void Order_WithoutACart_StillCountsAsAnOrder()
    {
        var state = Scenario.Of("order a@12.50 currency=EUR").State;
        Assert.Equal((1, 12.5m, "EUR"), (state.Orders.Orders, state.Orders.MonetaryValue, state.Orders.Currency));
        Assert.Empty(state.Carts);
    }

    [Fact]
    public void ConvertedEffect_HasTheOrdersValue_ElseTheCarts()
    {
        Assert.Equal(7m, ConvertedValue("add a@10; order a value=7"));
        Assert.Equal(12m, ConvertedValue("add a@10; order a@12"));
        Assert.Equal(10m, ConvertedValue("add a@10; order a"));

        static decimal ConvertedValue(string script) =>
            Scenario.Of(script).Effects.Span.ToArray().Single(static effect => effect.Kind == EffectKind.CartConverted).Value;
    }

    [Fact]
    public void FifthCart_EvictsAFinalOneFirst()
    {
        var scenario = Scenario.Of("add a cart=1; add b cart=2; order b cart=2; add c cart=3; add d cart=4; add e cart=5");

        Assert.Equal(CustomerState.CartsMax, scenario.State.Carts.Count);
        Assert.Equal("1:open[a*1] 3:open[c*1] 4:open[d*1] 5:open[e*1]", scenario.CartsNow);
        Assert.DoesNotContain("abandoned", scenario.CartEffects, StringComparison.Ordinal);
    }

    [Fact]
    public void FifthCart_WithoutAFinalOne_EvictsAnAbandonedOne()
    {
        var scenario = Scenario.Of("add a cart=1; add b cart=2; wait 2h; add a cart=1; add c cart=3; add d cart=4; add e cart=5");

        Assert.Equal("1:recovered[a*2] 3:open[c*1] 4:open[d*1] 5:open[e*1]", scenario.CartsNow);
        Assert.Equal(2, scenario.Effects.Span.ToArray().Count(static effect => effect.Kind == EffectKind.CartAbandoned));
    }

    [Fact]
    public void FifthCart_WithOpenOnesOnly_AbandonsTheOneLeftAloneLongest()
    {
        var scenario = Scenario.Of("add a cart=1; add b cart=2; add c cart=3; add d cart=4; add a cart=1; add e cart=5");

        Assert.Equal("3:open[c*1] 4:open[d*1] 1:open[a*2] 5:open[e*1]", scenario.CartsNow);
        Assert.EndsWith("cart_abandoned#2 cart_opened#5", scenario.CartEffects, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_BeyondTheLimit_AreCountedAndNotKept()
    {
        var products = Enumerable.Range(0, Cart.LinesMax + 5).Select(static i => new ProductLine($"p{i}")).ToArray();
        var scenario = new Scenario().Apply(Make.Event(EventKind.CartAdded, Make.Start, "e", products));
        Assert.Equal((Cart.LinesMax, 5), (scenario.State.Cart!.Lines.Count, scenario.State.Cart.LinesDropped));

        scenario.Apply(Make.Event(EventKind.CartViewed, Make.Start, "f", products[..3]));
        Assert.Equal((3, 0), (scenario.State.Cart!.Lines.Count, scenario.State.Cart.LinesDropped));
    }

    [Fact]
    public void Quantities_AndPrices_BeyondReason_DoNotOverflow()
    {
        var huge = new ProductLine("a", Price: decimal.MaxValue, Quantity: int.MaxValue);
        var many = Enumerable.Range(0, Cart.LinesMax).Select(i => huge with { ProductId = $"p{i}" }).ToArray();
        var scenario = new Scenario()
            .Apply(Make.Event(EventKind.CartAdded, Make.Start, "1", many))
            .Apply(Make.Event(EventKind.CartAdded, Make.Start, "2", many))
            .Apply(Make.Event(EventKind.OrderCompleted, Make.Start, "3", many) with { Value = decimal.MaxValue })
            .Apply(Make.Event(EventKind.OrderCompleted, Make.Start, "4", many))
            .Apply(Make.Event(EventKind.OrderRefunded, Make.Start, "5") with { Value = decimal.MaxValue });

        var value = scenario.Effects.Span.ToArray().Max(static effect => effect.Value);
        Assert.InRange(value, ProductLine.PriceMax, 1_000m * CustomerEvent.AmountMax);
        Assert.Equal(CustomerEvent.AmountMax, scenario.State.Orders.MonetaryValue);
    }
}
