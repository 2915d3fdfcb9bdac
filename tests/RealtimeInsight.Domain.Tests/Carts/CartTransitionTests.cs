using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Tests.Kit;

namespace RealtimeInsight.Domain.Tests.Carts;

public sealed class CartTransitionTests
{
    private const string Left = "cart_opened#1 cart_at_risk#1 cart_abandoned#1";

    [Theory]
    [InlineData("add a", "cart_opened#1", "1:open[a*1]")]
    [InlineData("add a; add a*2; add b", "cart_opened#1", "1:open[a*3,b*1]")]
    [InlineData("add a b*2", "cart_opened#1", "1:open[a*1,b*2]")]
    [InlineData("add", "", "")]
    [InlineData("browse; view a; checkout; step; fail; coupon; remove a; show", "", "")]
    [InlineData("show a*2", "cart_opened#1", "1:open[a*2]")]
    [InlineData("checkout a b", "cart_opened#1", "1:open[a*1,b*1]")]
    public void Cart_Opens_WithItsFirstProduct(string script, string effects, string carts) => Expect(script, effects, carts);

    [Theory]
    [InlineData("add a; wait 14m+59s", "cart_opened#1", "1:open[a*1]")]
    [InlineData("add a; wait 15m", "cart_opened#1 cart_at_risk#1", "1:at_risk[a*1]")]
    [InlineData("add a; wait 10m; view b; wait 14m+59s", "cart_opened#1", "1:open[a*1]")]
    [InlineData("add a; wait 10m; identify; wait 5m", "cart_opened#1 cart_at_risk#1", "1:at_risk[a*1]")]
    [InlineData("add a; wait 59m+59s", "cart_opened#1 cart_at_risk#1", "1:at_risk[a*1]")]
    [InlineData("add a; wait 1h", "cart_opened#1 cart_at_risk#1 cart_abandoned#1", "1:abandoned[a*1]")]
    [InlineData("add a; wait 100d", "cart_opened#1 cart_at_risk#1 cart_abandoned#1", "1:abandoned[a*1]")]
    public void Cart_Quiet_IsAtRiskThenAbandoned(string script, string effects, string carts) => Expect(script, effects, carts);

    [Theory]
    [InlineData("add a; wait 20m; browse", "cart_opened#1 cart_at_risk#1 cart_resumed#1", "1:open[a*1]")]
    [InlineData("add a; wait 20m; view b; wait 15m", "cart_opened#1 cart_at_risk#1 cart_resumed#1 cart_at_risk#1", "1:at_risk[a*1]")]
    [InlineData("add a; wait 20m; identify", "cart_opened#1 cart_at_risk#1", "1:at_risk[a*1]")]
    [InlineData("add a; wait 20m; order a", "cart_opened#1 cart_at_risk#1 cart_resumed#1 cart_converted#1", "1:converted[]")]
    [InlineData("add a; wait 15m; add b", "cart_opened#1 cart_at_risk#1 cart_resumed#1", "1:open[a*1,b*1]")]
    public void Cart_AtRisk_IsResumedByAnyActivity(string script, string effects, string carts) => Expect(script, effects, carts);

    [Theory]
    [InlineData("add a; wait 1h; browse; view a; searched", Left, "1:abandoned[a*1]")]
    [InlineData("add a; wait 1h; add a", Left + " cart_recovered#1", "1:recovered[a*2]")]
    [InlineData("add a; wait 1h; add b", Left + " cart_recovered#1", "1:recovered[a*1,b*1]")]
    [InlineData("add a b; wait 2d; remove a", Left + " cart_recovered#1", "1:recovered[b*1]")]
    [InlineData("add a; wait 2d; remove a", Left + " cart_recovered#1 cart_emptied#1", "1:emptied[]")]
    [InlineData("add a; wait 2d; show", Left + " cart_recovered#1", "1:recovered[a*1]")]
    [InlineData("add a; wait 2d; checkout", Left + " cart_recovered#1", "1:recovered[a*1]")]
    [InlineData("add a; wait 2d; step", Left + " cart_recovered#1", "1:recovered[a*1]")]
    [InlineData("add a; wait 2d; fail", Left + " cart_recovered#1", "1:recovered[a*1]")]
    [InlineData("add a; wait 2d; coupon", Left + " cart_recovered#1", "1:recovered[a*1]")]
    [InlineData("add a; wait 2d; coupon_denied", Left + " cart_recovered#1", "1:recovered[a*1]")]
    [InlineData("add a; wait 2d; order a", Left + " cart_converted#1", "1:converted[]")]
    [InlineData("add a; wait 2d; add b; order a b", Left + " cart_recovered#1 cart_converted#1", "1:converted[]")]
    [InlineData("add a; wait 2d; add b; wait 15m", Left + " cart_recovered#1", "1:recovered[a*1,b*1]")]
    [InlineData("add a; wait 2d; add b; wait 1h", Left + " cart_recovered#1 cart_abandoned#1", "1:abandoned[a*1,b*1]")]
    public void Cart_Abandoned_IsTakenUpAgainByCartEvents(string script, string effects, string carts) => Expect(script, effects, carts);

    [Theory]
    [InlineData("add a; wait 14d+1h; add b", Left + " cart_recovered#1", "1:recovered[a*1,b*1]")]
    [InlineData("add a; wait 14d+1h+1ms; add b", Left + " cart_opened#2", "1:abandoned[a*1] 2:open[b*1]")]
    [InlineData("add a; wait 20d; remove a; show; checkout; step; fail; coupon", Left, "1:abandoned[a*1]")]
    [InlineData("add a; wait 14d+1h; order a", Left + " cart_converted#1", "1:converted[]")]
    [InlineData("add a; wait 20d; order a", Left, "1:abandoned[a*1]")]
    [InlineData("add a; wait 20d; order", Left, "1:abandoned[a*1]")]
    public void Cart_AbandonedLongerThanItsEpisode_IsOver(string script, string effects, string carts) => Expect(script, effects, carts);

    [Theory]
    [InlineData("add a*3; remove a", "cart_opened#1", "1:open[a*2]")]
    [InlineData("add a; remove b", "cart_opened#1", "1:open[a*1]")]
    [InlineData("add a; remove a", "cart_opened#1 cart_emptied#1", "1:emptied[]")]
    [InlineData("add a b; remove a; remove b", "cart_opened#1 cart_emptied#1", "1:emptied[]")]
    [InlineData("add a*2; remove a*5", "cart_opened#1 cart_emptied#1", "1:emptied[]")]
    [InlineData("add a; remove a; wait 2d", "cart_opened#1 cart_emptied#1", "1:emptied[]")]
    [InlineData("add a; remove a; order a", "cart_opened#1 cart_emptied#1", "1:emptied[]")]
    [InlineData("add a; remove a; add a", "cart_opened#1 cart_emptied#1 cart_opened#2", "1:emptied[] 2:open[a*1]")]
    public void Cart_WithoutItsLastLine_IsEmptied(string script, string effects, string carts) => Expect(script, effects, carts);

    [Theory]
    [InlineData("add a b; show b*4 c", "cart_opened#1", "1:open[b*4,c*1]")]
    [InlineData("add a b; show", "cart_opened#1", "1:open[a*1,b*1]")]
    [InlineData("add a b; checkout b", "cart_opened#1", "1:open[b*1]")]
    public void Cart_Shown_HasTheLinesThatWereShown(string script, string effects, string carts) => Expect(script, effects, carts);

    [Fact]
    public void Cart_ShownWithoutPrices_KeepsTheKnownOnes()
    {
        var cart = Scenario.Of("add a@10 b@4; show a*2 b@5 c").State.Cart!;

        Assert.Equal([10m, 5m, null], cart.Lines.Select(static line => line.Price));
        Assert.Equal(25m, cart.Value);
        Assert.Equal(4, cart.Pieces);
    }

    [Fact]
    public void CartEffects_CarryStatesTimesAndValue()
    {
        var scenario = Scenario.Of("add a*2@9.50; wait 1h; add b@1; order a*2 b value=19");
        var later = Make.Start + Make.Span("1h");

        Assert.Equal(
        [
            new Effect(EffectKind.CartOpened, Make.Start, 1, CartState.None, CartState.Open, 19m),
            new Effect(EffectKind.CartAtRisk, Make.Start + Make.Span("15m"), 1, CartState.Open, CartState.AtRisk, 19m),
            new Effect(EffectKind.CartAbandoned, later, 1, CartState.AtRisk, CartState.Abandoned, 19m),
            new Effect(EffectKind.CartRecovered, later, 1, CartState.Abandoned, CartState.Recovered, 19m),
            new Effect(EffectKind.CartConverted, later, 1, CartState.Recovered, CartState.Converted, 19m),
        ], scenario.Effects.Span.ToArray().Where(static effect => effect.After != CartState.None));
        Assert.Equal(later, scenario.State.Cart!.AbandonedAt);
    }

    [Fact]
    public void CartAbandoned_Again_KeepsTheFirstTime()
    {
        var cart = Scenario.Of("add a; wait 2d; add a; wait 2d").State.Cart!;

        Assert.Equal(CartState.Abandoned, cart.State);
        Assert.Equal(Make.Start + Make.Span("1h"), cart.AbandonedAt);
    }

    [Fact]
    public void Cart_AcrossSessions_IsOneCart()
    {
        var scenario = Scenario.Of("add a; wait 40m; view b; add b; wait 3d; checkout; order a b");

        Assert.Equal(3, scenario.State.Session.Number);
        Assert.Equal(1, scenario.State.CartCount);
        Assert.Equal("1:converted[]", scenario.CartsNow);
    }

    [Fact]
    public void Options_OtherSpans_MoveTheDeadlines()
    {
        var options = new CustomerOptions
        {
            CartAtRiskAfter = TimeSpan.FromMinutes(2),
            CartAbandonedAfter = TimeSpan.FromMinutes(5),
            CartEpisodeMax = TimeSpan.FromHours(1),
        };
        var scenario = new Scenario(options).Do("add a; wait 2m");
        Assert.Equal("1:at_risk[a*1]", scenario.CartsNow);
        Assert.Equal("1:abandoned[a*1]", scenario.Do("wait 3m").CartsNow);
        Assert.Equal("1:abandoned[a*1] 2:open[b*1]", scenario.Do("wait 2h; add b").CartsNow);
    }

    [Fact]
    public void Wait_OnAnEmptyCustomer_DoesNothing()
    {
        var scenario = new Scenario().Do("wait 400d");
        Assert.Equal(0, scenario.Effects.Count);
        Assert.Empty(scenario.State.Carts);
        Assert.Null(scenario.State.Cart);
    }

    private static void Expect(string script, string effects, string carts)
    {
        var scenario = Scenario.Of(script);
        Assert.Equal(effects, scenario.CartEffects);
        Assert.Equal(carts, scenario.CartsNow);
    }
}
