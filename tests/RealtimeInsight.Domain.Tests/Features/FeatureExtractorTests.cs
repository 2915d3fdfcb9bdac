using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Features;

public sealed class FeatureExtractorTests
{
    private const int F = ModelContract.TokenFeatures;
    private const int K = ModelContract.TokenIds;

    [Fact]
    public void Features_OfAnyHistory_AreFiniteAndProfilesWithinBounds()
    {
        Law.Holds(150, static seed =>
        {
            var random = new Random(seed);
            var state = new CustomerState(random.Next(2) == 0 ? Make.Ada : CustomerId.FromVisitor("v"));
            var (token, ids) = (new float[F], new long[K]);
            foreach (var item in History.Of(seed, isExtreme: true))
            {
                Fold.Machine.Apply(state, item, new EffectBuffer());
                FeatureExtractor.Token(state, token, ids);
                Assert.All(token, static value => Assert.True(float.IsFinite(value) && Math.Abs(value) < 16f));
                Assert.InRange(ids[0], 0, EventKinds.Count - 1);
                Assert.InRange(ids[1], 0, ModelContract.CategoryBuckets - 1);
                Assert.InRange(ids[2], 0, ModelContract.BrandBuckets - 1);
                Assert.InRange(ids[3], 0, ModelContract.ItemBuckets - 1);
                WithinBounds(state, item.OccurredAt);
            }

            WithinBounds(state, state.LastSeen + TimeSpan.FromDays(random.Next(100_000)));
            WithinBounds(state, Instant.None);
            WithinBounds(state, Instant.Never);
        });
    }

    [Fact]
    public void Profile_OfANewState_IsZeroExceptKnown()
    {
        var profile = Profile(new CustomerState(Make.Ada), Make.Start);
        Assert.Equal(["is_known"], Named(profile).Where(static pair => pair.Value != 0f).Select(static pair => pair.Key));
        Assert.Equal(0f, Profile(new CustomerState(CustomerId.FromVisitor("v")), Make.Start).Sum());
    }

    [Fact]
    public void Profile_OfAKnownStory_HasTheDefinedValues()
    {
        var scenario = Scenario.Of(
            "order a@100 id=1; wait 10d; order a@140 id=2; service_message; order_refunded value=40; wait 4d; "
            + "view a; add a*2@50 b@25; wait 20m");
        var now = scenario.Now;
        var profile = Named(Profile(scenario.State, now));
        var minutes = (14 * 1440) + 20;

        Near(Squash(minutes / 1440.0, 30), profile["tenure"]);
        Near(Squash(20 / 1440.0, 7), profile["inactive"]);
        Near(Squash(6, 50), profile["events"]);
        Near(Squash(3, 5), profile["sessions"]);
        Near(Squash(20, 15), profile["session_length"]);
        Near(Squash(2, 10), profile["session_events"]);
        Near(Squash(1, 5), profile["session_products"]);
        Near(Squash(1, 2), profile["session_cart_adds"]);
        Near(Squash(2, 3), profile["orders"]);
        Near(Squash(200, 200), profile["monetary"]);
        var recency = (minutes / 1440.0) - 10;
        Near(1 - Squash(recency, 30), profile["order_recency"]);
        Near(Squash(10, 30), profile["order_gap_mean"]);
        Near(Squash(recency / 10, 1), profile["order_gap_overdue"]);
        Near(Squash(0.5, 1), profile["refund_share"]);
        Near(Squash(10.0 / 6, 1), profile["trouble_share"]);
        Assert.Equal((1f, 1f, 0f), (profile["cart_is_open"], profile["cart_is_at_risk"], profile["cart_is_recovered"]));
        Near(Squash(2, 3), profile["cart_lines"]);
        Near(Squash(125, 100), profile["cart_value"]);
        Near(Squash(20 / 60.0, 6), profile["cart_age"]);
        Assert.Equal((0f, 0f, 1f), (profile["top_category_share"], profile["top_brand_share"], profile["is_known"]));
        Near(Squash(Math.Exp(-20 / 5.0), 1), profile["rate_product_view_5m"]);
        Near(Squash(Math.Exp(-20 / 60.0), 1), profile["rate_cart_add_1h"]);
    }

    [Fact]
    public void Profile_AfterTheSessionAndTheCart_ForgetsThem()
    {
        var profile = Named(Profile(Scenario.Of("view a; add a; wait 2h").State, Make.Start + Make.Span("2h")));
        var gone = profile.Where(static pair =>
            pair.Key.StartsWith("session_", StringComparison.Ordinal) || pair.Key.StartsWith("cart_", StringComparison.Ordinal));
        Assert.All(gone, static pair => Assert.Equal(0f, pair.Value));

        var recovered = Named(Profile(Scenario.Of("add a; wait 2h; add a").State, Make.Start + Make.Span("2h")));
        Assert.Equal((1f, 0f, 1f), (recovered["cart_is_open"], recovered["cart_is_at_risk"], recovered["cart_is_recovered"]));
    }

    [Fact]
    public void Token_OfAKnownEvent_HasTheDefinedValues()
    {
        var scenario = new Scenario();
        var product = new ProductLine("p1", "Shoes", "Acme", Price: 30m, Quantity: 2);
        scenario.Apply(Make.Event(EventKind.ProductViewed, Make.Start, "1", product with { Brand = null }));
        var first = Token(scenario.State, out _);
        Assert.Equal((0f, 1f, 0f, 1f, 1f, 1f),
            (first["gap_log"], first["is_first"], first["is_new_session"], first["gap_minute"], first["gap_hour"], first["gap_day"]));
        Assert.Equal(0f, first["same_item"] + first["same_category"] + first["same_brand"]);

        scenario.Apply(Make.Event(EventKind.CartAdded, Make.Start + Make.Span("45m"), "2", product));
        var token = Token(scenario.State, out var ids);
        Near(Math.Log(2_701) / 16, token["gap_log"]);
        Assert.Equal((0f, 1f), (token["is_first"], token["is_new_session"]));
        Near(Math.Log(61) / 8, token["value_log"]);
        Assert.Equal(1f, token["has_value"]);
        Near(Math.Log(3) / 4, token["quantity_log"]);
        Near(Math.Exp(-45), token["gap_minute"]);
        Near(Math.Exp(-0.75), token["gap_hour"]);
        Near(Math.Exp(-45 / 1440.0), token["gap_day"]);
        Near(Math.Sin(2 * Math.PI * 9.75 / 24), token["hour_sin"]);
        Near(Math.Cos(2 * Math.PI * 9.75 / 24), token["hour_cos"]);
        Near(1, Math.Pow(token["weekday_sin"], 2) + Math.Pow(token["weekday_cos"], 2));
        Assert.Equal((1f, 1f, 0f), (token["same_item"], token["same_category"], token["same_brand"]));
        Assert.Equal((long)EventKind.CartAdded, ids[0]);
        Assert.Equal(EntityHash.Bucket(EntityHash.Label("Shoes"), 512), ids[1]);
        Assert.Equal(EntityHash.Bucket(EntityHash.Label("Acme"), 256), ids[2]);
        Assert.Equal(EntityHash.Bucket(EntityHash.Item("p1"), 4096), ids[3]);
    }

    [Fact]
    public void Token_OfAnEventWithoutProducts_HasItsValueAndNoIds()
    {
        var token = Token(Scenario.Of("order value=20").State, out var ids);
        Near(Math.Log(21) / 8, token["value_log"]);
        Assert.Equal(0f, token["quantity_log"]);
        Assert.Equal([(long)EventKind.OrderCompleted, 0, 0, 0], ids);
    }

    [Fact]
    public void Token_BeforeTheFirstEvent_IsRefused()
    {
        var refused = Assert.Throws<InvalidOperationException>(
            () => FeatureExtractor.Token(new CustomerState(Make.Ada), new float[F], new long[K]));
        Assert.Contains("apply one before", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, FeatureExtractor.LastTokens(new CustomerState(Make.Ada), new float[F], new long[K]));
    }

    [Fact]
    public void LastTokens_EndWithToken_AndFollowTheKeptEvents()
    {
        Law.Holds(100, static seed =>
        {
            var state = Fold.Plain(History.Of(seed));
            var room = 1 + new Random(seed).Next(40);
            var (tokens, ids) = (new float[room * F], new long[room * K]);
            var count = FeatureExtractor.LastTokens(state, tokens, ids);
            Assert.Equal(Math.Min(room, state.Recent.Count), count);

            var (last, lastIds) = (new float[F], new long[K]);
            FeatureExtractor.Token(state, last, lastIds);
            Assert.Equal(last, tokens[((count - 1) * F)..(count * F)]);
            Assert.Equal(lastIds, ids[((count - 1) * K)..(count * K)]);
            Assert.Equal(state.Recent.ToArray()[^count..].Select(static item => (long)item.Kind),
                Enumerable.Range(0, count).Select(i => ids[i * K]));
            for (var i = 0; i < count; i++) Assert.Equal(i == 0 && count == state.Recent.Count ? 1f : 0f, tokens[(i * F) + 1]);
        });
    }

    [Fact]
    public void LastTokens_OfAShortHistory_AreTheTokensThatWereStepped()
    {
        Law.Holds(100, static seed =>
        {
            var state = new CustomerState(Make.Ada);
            var (stepped, steppedIds) = (new List<float>(), new List<long>());
            foreach (var item in History.Of(seed, 32))
            {
                if (state.EventCount == Fold.Machine.Options.LastEventsMax) break;
                Fold.Machine.Apply(state, item, new EffectBuffer());
                var (token, ids) = (new float[F], new long[K]);
                FeatureExtractor.Token(state, token, ids);
                stepped.AddRange(token);
                steppedIds.AddRange(ids);
            }

            var (folded, foldedIds) = (new float[stepped.Count], new long[steppedIds.Count]);
            FeatureExtractor.LastTokens(state, folded, foldedIds);
            Assert.Equal(stepped, folded);
            Assert.Equal(steppedIds, foldedIds);
        });
    }

    [Fact]
    public void Profile_LeavesTheStateAlone()
    {
        var state = Fold.Plain(History.Of(3));
        var bytes = Fold.Bytes(state);
        _ = Profile(state, state.LastSeen + TimeSpan.FromDays(3));
        _ = Token(state, out _);
        Assert.Equal(bytes, Fold.Bytes(state));
    }

    private static void WithinBounds(CustomerState state, Instant asOf) =>
        Assert.All(Profile(state, asOf), static value => Assert.InRange(value, 0f, 1f));

    private static float[] Profile(CustomerState state, Instant asOf)
    {
        var profile = new float[ModelContract.ProfileFeatures];
        Array.Fill(profile, float.NaN);
        FeatureExtractor.Profile(state, asOf, profile);
        return profile;
    }

    private static Dictionary<string, float> Named(float[] profile) =>
        FeatureSchema.ProfileNames.Zip(profile).ToDictionary(static pair => pair.First, static pair => pair.Second);

    private static Dictionary<string, float> Token(CustomerState state, out long[] ids)
    {
        var token = new float[F];
        ids = new long[K];
        FeatureExtractor.Token(state, token, ids);
        return FeatureSchema.TokenNames.Zip(token).ToDictionary(static pair => pair.First, static pair => pair.Second);
    }

    private static double Squash(double value, double scale) => value / (value + scale);

    private static void Near(double expected, double actual) => Assert.InRange(actual, expected - 2e-6, expected + 2e-6);
}
