using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Inference.Explanation;
using RealtimeInsight.Inference.Tests.Pool;

namespace RealtimeInsight.Inference.Tests.Explanation;

public sealed class ScoreExplainerTests
{
    [Fact]
    public async Task Explain_AnyHead_AddsUpToTheScoreLessTheReference()
    {
        await using var fixture = new PoolFixture();
        fixture.Serve();
        using var lease = fixture.Pool.Lease();

        var breakdown = new ScoreExplainer().Explain(lease, ExplainedInput.Of(Customer(events: 12))!)!;

        for (var head = ScoreHead.Churn; head <= ScoreHead.Purchase; head++)
        {
            Assert.Equal(
                (double)breakdown.Scores.Of(head) - breakdown.Reference.Of(head), breakdown.Contributions[(int)head].Sum(), 1e-9);
            Assert.Contains(breakdown.Contributions[(int)head], static value => Math.Abs(value) > 1e-3);
        }
    }

    [Fact]
    public async Task Explain_TheSameInput_GivesTheSameNumbers()
    {
        await using var fixture = new PoolFixture();
        fixture.Serve();
        using var lease = fixture.Pool.Lease();
        var explainer = new ScoreExplainer();

        var first = explainer.Explain(lease, ExplainedInput.Of(Customer(events: 5))!)!;
        explainer.Explain(lease, ExplainedInput.Of(Customer(events: 9))!);
        var again = explainer.Explain(lease, ExplainedInput.Of(Customer(events: 5))!)!;

        Assert.Equal(first.Scores, again.Scores);
        Assert.Equal(first.Contributions, again.Contributions);
    }

    [Fact]
    public async Task Explain_ThePartsThatTheModelDoesNotUse_ContributeNothing()
    {
        await using var fixture = new PoolFixture();
        fixture.Serve();
        using var lease = fixture.Pool.Lease();

        var breakdown = new ScoreExplainer().Explain(lease, ExplainedInput.Of(Customer(events: 1))!)!;

        // The linear model's churn reads the state and the first rate: with one event there is no history, and no cart is read.
        var churn = breakdown.Contributions[(int)ScoreHead.Churn];
        Assert.Equal(0, churn[FeatureGroups.History]);
        Assert.Equal(0, churn[FeatureGroups.Names.ToList().IndexOf("cart")]);
        Assert.NotEqual(0, churn[FeatureGroups.NewestEvent]);
    }

    [Fact]
    public void Groups_OfTheProfile_HoldEveryFeatureAndNoneIsEmpty()
    {
        Assert.Equal(ModelContract.ProfileFeatures, FeatureGroups.OfProfile.Count);
        Assert.Equal(Enumerable.Range(2, FeatureGroups.Count - 2), FeatureGroups.OfProfile.Distinct().Order());
    }

    private static CustomerState Customer(int events)
    {
        var state = new CustomerState(CustomerId.FromUser("ada"));
        var machine = new CustomerMachine(new CustomerOptions());
        var effects = new EffectBuffer();
        for (var i = 0; i < events; i++)
        {
            machine.Apply(state, new CustomerEvent
            {
                Id = EventId.Parse($"e{i}"),
                Kind = i % 3 == 2 ? EventKind.CartAdded : EventKind.ProductViewed,
                Customer = state.Id,
                OccurredAt = new Instant(1_772_452_800_000 + (i * 60_000)),
                IngestedAt = new Instant(1_772_452_800_000 + (i * 60_000)),
                Products = [new ProductLine($"p{i % 4}", "shoes", "acme", null, 20m)],
                Currency = "EUR",
            }, effects);
        }

        return state;
    }
}
