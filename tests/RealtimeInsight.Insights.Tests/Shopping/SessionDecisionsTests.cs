using RealtimeInsight.Insights.Evaluation;
using RealtimeInsight.Insights.Lifetime;
using RealtimeInsight.Insights.Shopping;

namespace RealtimeInsight.Insights.Tests.Shopping;

public sealed class SessionDecisionsTests
{
    [Fact]
    public void Abandonment_Sessions_AreDecidedAtTheFirstCartEvent()
    {
        var decisions = SessionDecisions.Abandonment(
        [
            Event(1, "kept", ShopEventKind.AddToCart), Event(2, "kept", ShopEventKind.AddToCart),
            Event(3, "bought", ShopEventKind.AddToCart), Event(4, "bought", ShopEventKind.Transaction),
            Event(5, "bought-before", ShopEventKind.Transaction), Event(6, "bought-before", ShopEventKind.AddToCart),
            Event(7, "looked", ShopEventKind.View),
        ]);

        Assert.Equal([("kept", true), ("bought", false)], decisions.Select(decision => (decision.Session, decision.Case.Label)));
    }

    [Fact]
    public void Features_LaterEvents_ChangeNothing()
    {
        ShopEvent[] events = [Event(1, "a", ShopEventKind.View), Event(2, "a", ShopEventKind.AddToCart)];
        ShopEvent[] more = [.. events, Event(3, "a", ShopEventKind.Transaction), Event(4, "b", ShopEventKind.AddToCart)];

        Assert.Equal(
            SessionDecisions.Abandonment(events)[0].Case.Features,
            SessionDecisions.Abandonment(more)[0].Case.Features);
    }

    [Fact]
    public void Purchase_ThirdEvent_IsTheMoment()
    {
        var decisions = SessionDecisions.Purchase(
            [Event(1, "a", ShopEventKind.View), Event(2, "a", ShopEventKind.View), Event(3, "a", ShopEventKind.View), Event(
                4, "b", ShopEventKind.View)]);

        Assert.Equal("a", Assert.Single(decisions).Session);
    }

    [Fact]
    public void Churn_CutWithoutFullOutcome_IsExplained()
    {
        var day = new DateOnly(2020, 1, 1);
        ChurnStudy.Line[] lines = [new(1, "i1", day, "p", 1, 5, false), new(1, "i2", day.AddDays(50), "p", 1, 5, false)];

        var problem = Assert.Throws<EvaluationException>(() => ChurnStudy.Run("made_up", lines, null, [day.AddDays(20)], 1, _ => { }));

        Assert.Contains("90 days", problem.Message, StringComparison.Ordinal);
    }

    private static ShopEvent Event(double seconds, string session, ShopEventKind kind) =>
        new(seconds, session + "-visitor", session, kind, "item", "category");
}
