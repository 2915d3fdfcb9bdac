using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Segments;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Decisions;

public sealed class ConditionTests
{
    private const string Story = "order a@30 id=1; wait 1d; add a*2@40 b@5; review_posted rating=4 sentiment=0.25 topic=delivery";

    [Theory]
    [InlineData("churn", 0.25)]
    [InlineData("abandonment", 0.5)]
    [InlineData("purchase", 0.75)]
    [InlineData("cart_value", 85)]
    [InlineData("cart_items", 3)]
    [InlineData("cart_age_minutes", 5)]
    [InlineData("orders", 1)]
    [InlineData("monetary_value", 30)]
    [InlineData("order_recency_days", 1.00347222222222)]
    [InlineData("sessions", 2)]
    [InlineData("events", 3)]
    [InlineData("tenure_days", 1.00347222222222)]
    [InlineData("inactive_days", 0.00347222222222)]
    [InlineData("dormancy_level", 0)]
    [InlineData("rating", 4)]
    [InlineData("sentiment", 0.25)]
    [InlineData("complaints", 1)]
    [InlineData("is_known", 1)]
    public void EveryField_ComparesWithEveryOperator(string field, double value)
    {
        var state = Scenario.Of(Story).State;
        state.SetScores(new HeadScores(0.25f, 0.5f, 0.75f), 1, state.LastSeen);
        var now = state.LastSeen + TimeSpan.FromMinutes(5);

        Assert.True(Met($"{field} > {value - 0.001}") && Met($"{field} < {value + 0.001}"));
        Assert.True(Met($"{field} >= {value - 0.001}") && Met($"{field} <= {value + 0.001}") && Met($"{field} != {value + 0.001}"));
        Assert.False(Met($"{field} < {value - 0.001}") || Met($"{field} > {value + 0.001}") || Met($"{field} = {value + 0.001}"));
        if (value != Math.Round(value, 2)) return;
        Assert.True(Met($"{field}={value}") && Met($" {field}  ==  {value} ") && Met($"{field} <= {value}") && Met($"{field} >= {value}"));
        Assert.False(Met($"{field} != {value}") || Met($"{field} < {value}") || Met($"{field} > {value}"));

        bool Met(string text) => Condition.Parse(text, "here").IsMet(state, state.Cart, now);
    }

    [Theory]
    [InlineData("churn")]
    [InlineData("abandonment")]
    [InlineData("purchase")]
    [InlineData("cart_age_minutes")]
    [InlineData("order_recency_days")]
    [InlineData("inactive_days")]
    [InlineData("rating")]
    [InlineData("sentiment")]
    public void AField_WithoutAValue_MeetsNothing(string field)
    {
        var state = Scenario.Of("identify").State;
        foreach (var sign in new[] { "<", "<=", "=", "==", "!=", ">=", ">" })
        {
            foreach (var number in new[] { "-1", "0", "1e9" })
            {
                Assert.False(Condition.Parse($"{field} {sign} {number}", "here").IsMet(state, state.Cart, state.LastSeen));
            }
        }
    }

    [Fact]
    public void Topic_IsOfTheNewestLabelledText()
    {
        var scenario = Scenario.Of("review_posted sentiment=0.1 topic=price; wait 1d; service_message sentiment=0.9 topic=returns");
        Assert.True(Met("topic = returns") && Met("topic != price") && Met("complaints = 1") && Met("sentiment > 0.8"));
        Assert.False(Met("topic = price") || Met("topic != returns"));
        Assert.Equal((TextTopics.Price, 2), (scenario.State.Texts!.ComplaintTopics, scenario.State.Texts.Texts));

        var silent = Scenario.Of("browse");
        Assert.All(TopicNames.All, name => Assert.False(Condition.Parse($"topic != {name}", "").IsMet(silent.State, null, silent.Now)));

        bool Met(string text) => Condition.Parse(text, "here").IsMet(scenario.State, null, scenario.Now);
    }

    [Theory]
    [InlineData("topic > price", "'topic > price' compares by size, a topic has none; use = or !=")]
    [InlineData("topic = weather", "'weather' is not a topic; use one of delivery, packaging, quality")]
    public void Topic_OfAnotherForm_IsRefused(string text, string problem) =>
        Assert.Contains(problem, Assert.Throws<PolicyException>(() => Condition.Parse(text, "here")).Message, StringComparison.Ordinal);

    [Fact]
    public void CartFields_WithoutACart_AreZero()
    {
        var state = Scenario.Of("browse").State;
        Assert.True(Condition.Parse("cart_value = 0", "").IsMet(state, null, state.LastSeen));
        Assert.True(Condition.Parse("cart_items < 1", "").IsMet(state, null, state.LastSeen));
    }

    [Theory]
    [InlineData("browse", "known new")]
    [InlineData("browse; wait 8d; browse", "known returning")]
    [InlineData("order value=10", "known new buyer")]
    [InlineData("order id=1 value=10; order id=2 value=490", "known new buyer repeat_buyer high_value")]
    [InlineData("order id=1; order id=2; order id=3; order id=4; wait 8d; browse", "known returning buyer repeat_buyer loyal")]
    [InlineData("order id=1; order id=2; order id=3; order id=4; wait 90d; browse", "known returning buyer repeat_buyer")]
    [InlineData("coupon; coupon", "known new bargain_hunter")]
    [InlineData("fail; service_message", "known new troubled")]
    [InlineData("add a", "known new cart_open")]
    [InlineData("add a; wait 20m", "known new cart_at_risk")]
    [InlineData("add a; wait 2h", "known new cart_abandoned")]
    [InlineData("add a; wait 2h; add a", "known new returning cart_open")]
    [InlineData("browse; wait 7d", "known dormant")]
    [InlineData("browse; wait 30d", "known dormant lapsed")]
    public void Segments_FollowTheStory(string script, string segments)
    {
        var scenario = Scenario.Of(script);
        Assert.Equal(segments, string.Join(' ', SegmentRules.Of(scenario.State, scenario.Now)));
        foreach (var name in SegmentRules.Names)
        {
            var isIn = segments.Split(' ').Contains(name);
            Assert.Equal(isIn, Met("="));
            Assert.Equal(!isIn, Met("!="));

            bool Met(string sign) => Condition.Parse($"segment {sign} {name}", "").IsMet(scenario.State, null, scenario.Now);
        }
    }

    [Fact]
    public void Segments_OfScores_NeedAScore()
    {
        var state = Scenario.Of("browse").State;
        state.SetScores(new HeadScores(0.7f, 0f, 0.5f), 1, state.LastSeen);
        Assert.Equal("known new churn_risk likely_to_buy", string.Join(' ', SegmentRules.Of(state, state.LastSeen)));
        state.SetScores(new HeadScores(0.69f, 0f, 0.49f), 1, state.LastSeen);
        Assert.Equal("known new", string.Join(' ', SegmentRules.Of(state, state.LastSeen)));
        state.SetScores(new HeadScores(1f, 1f, 1f), 1, Instant.None);
        Assert.Equal("known new", string.Join(' ', SegmentRules.Of(state, state.LastSeen)));
    }

    [Fact]
    public void Segments_OfAVisitor_AndUnknownNames()
    {
        var visitor = new Scenario(customer: CustomerId.FromVisitor("v")).Do("browse");
        Assert.Equal("visitor new", string.Join(' ', SegmentRules.Of(visitor.State, visitor.Now)));
        Assert.Throws<ArgumentOutOfRangeException>(() => SegmentRules.Contains(visitor.State, "vip", visitor.Now));
    }
}
