using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Customers;

public sealed class ReplayLawTests
{
    private static readonly CustomerMachine Machine = Fold.Machine;

    [Fact]
    public void Replay_EqualsLive()
    {
        Law.Holds(300, static seed =>
        {
            var events = History.Of(seed);
            var end = events[^1].OccurredAt + TimeSpan.FromDays(new Random(seed).Next(120));
            var (replayed, replayedEffects) = FoldPlainly(events, end);
            var (live, liveEffects) = FoldLive(events, end, new Random(seed));

            Assert.Equal(replayedEffects.Span.ToArray(), liveEffects.Span.ToArray());
            Assert.Equal(Fold.Bytes(replayed), Fold.Bytes(live));
        });
    }

    [Fact]
    public void BatchBoundaries_DoNotMatter()
    {
        Law.Holds(150, static seed =>
        {
            var events = History.Of(seed);
            var random = new Random(seed);
            var state = new CustomerState(Make.Ada);
            var effects = new EffectBuffer();
            foreach (var item in events)
            {
                Machine.Apply(state, item, effects);
                if (random.Next(4) == 0) state = Fold.Copy(state);
            }

            var whole = new EffectBuffer();
            Assert.Equal(Fold.Bytes(Fold.Plain(events, whole)), Fold.Bytes(state));
            Assert.Equal(whole.Span.ToArray(), effects.Span.ToArray());
        });
    }

    [Fact]
    public void AdvanceTo_InSmallSteps_EqualsOneBigStep()
    {
        Law.Holds(150, static seed =>
        {
            var random = new Random(seed);
            var state = Fold.Plain(History.Of(seed));
            var end = state.LastSeen + TimeSpan.FromDays(random.Next(200));
            var (big, small) = (Fold.Copy(state), Fold.Copy(state));
            var (bigEffects, smallEffects) = (new EffectBuffer(), new EffectBuffer());
            Machine.AdvanceTo(big, end, bigEffects);
            for (var at = small.LastSeen; at < end; at = Instant.Min(end, at + TimeSpan.FromMinutes(1 + random.Next(2_000))))
            {
                Machine.AdvanceTo(small, at, smallEffects);
            }

            Machine.AdvanceTo(small, end, smallEffects);
            Assert.Equal(bigEffects.Span.ToArray(), smallEffects.Span.ToArray());
            Assert.Equal(Fold.Bytes(big), Fold.Bytes(small));
        });
    }

    [Fact]
    public void AdvanceTo_Twice_ChangesNothingMore()
    {
        Law.Holds(150, static seed =>
        {
            var random = new Random(seed);
            var state = Fold.Plain(History.Of(seed));
            var now = state.LastSeen + TimeSpan.FromMinutes(random.Next(200_000));
            Machine.AdvanceTo(state, now, new EffectBuffer());
            var before = Fold.Bytes(state);
            var effects = new EffectBuffer();

            Machine.AdvanceTo(state, now, effects);
            Machine.AdvanceTo(state, now - TimeSpan.FromDays(3), effects);

            Assert.Equal(0, effects.Count);
            Assert.Equal(before, Fold.Bytes(state));
        });
    }

    [Fact]
    public void NextDeadline_AfterAdvanceTo_LiesAhead()
    {
        Law.Holds(150, static seed =>
        {
            var random = new Random(seed);
            var state = new CustomerState(Make.Ada);
            var effects = new EffectBuffer();
            foreach (var item in History.Of(seed))
            {
                Machine.Apply(state, item, effects);
                Assert.True(Machine.NextDeadline(state) > item.OccurredAt);
                var due = Machine.NextDeadline(state);
                if (due == Instant.Never || random.Next(3) != 0) continue;
                var copy = Fold.Copy(state);
                Machine.AdvanceTo(copy, due, effects);
                Assert.True(Machine.NextDeadline(copy) > due);
                Assert.Equal(due, copy.LastDeadlineAt);
            }
        });
    }

    [Fact]
    public void AdvanceTo_JustBeforeTheDeadline_ChangesNothing()
    {
        Law.Holds(100, static seed =>
        {
            var state = Fold.Plain(History.Of(seed));
            var due = Machine.NextDeadline(state);
            if (due == Instant.Never) return;
            var before = Fold.Bytes(state);
            var effects = new EffectBuffer();

            Machine.AdvanceTo(state, due - TimeSpan.FromMilliseconds(1), effects);
            Assert.Equal(before, Fold.Bytes(state));
            Machine.AdvanceTo(state, due, effects);

            Assert.NotEqual(0, effects.Count);
            Assert.All(effects.Span.ToArray(), effect => Assert.Equal(due, effect.At));
        });
    }

    [Fact]
    public void AdvanceTo_Never_FiresEverythingAndEnds()
    {
        Law.Holds(50, static seed =>
        {
            var state = Fold.Plain(History.Of(seed));
            var years = Fold.Copy(state);
            Machine.AdvanceTo(state, Instant.Never, new EffectBuffer());
            Machine.AdvanceTo(years, years.LastSeen + TimeSpan.FromDays(10_000), new EffectBuffer());

            Assert.Equal(Instant.Never, Machine.NextDeadline(state));
            Assert.DoesNotContain(state.Carts, static cart => CartStates.IsOpen(cart.State));
            Assert.Equal(Fold.Bytes(years), Fold.Bytes(state));
        });
    }

    [Fact]
    public void Effects_AreInOrderOfTime()
    {
        Law.Holds(100, static seed =>
        {
            var effects = new EffectBuffer();
            Fold.Plain(History.Of(seed), effects);
            var times = effects.Span.ToArray().Select(static effect => effect.At.UnixMs).ToArray();
            Assert.Equal(times.Order(), times);
        });
    }

    [Fact]
    public void CartTransitions_Summed_NeverGoNegativeAndMatchTheCarts()
    {
        Law.Holds(300, static seed =>
        {
            var effects = new EffectBuffer();
            var state = Fold.Plain(History.Of(seed, 400), effects);
            var counts = new int[CartStates.Count];
            foreach (var effect in effects.Span)
            {
                if (effect.After == CartState.None) continue;
                Assert.Equal(effect.Before == CartState.None, effect.Kind == EffectKind.CartOpened);
                if (effect.Before != CartState.None) Assert.True(--counts[(int)effect.Before] >= 0);
                counts[(int)effect.After]++;
            }

            Assert.Equal(state.CartCount, counts.Sum());
            foreach (var cartState in Enum.GetValues<CartState>())
            {
                var kept = state.Carts.Count(cart => cart.State == cartState);
                var isExact = CartStates.IsOpen(cartState);
                Assert.True(isExact ? counts[(int)cartState] == kept : counts[(int)cartState] >= kept);
            }
        });
    }

    [Fact]
    public void Apply_BeforeTheNewestEventOrDeadline_IsRefused()
    {
        var scenario = Scenario.Of("view a; wait 31m");

        var refused = Assert.Throws<ArgumentException>(() => scenario.Machine.Apply(
            scenario.State, Make.Event(EventKind.PageViewed, Make.Start + TimeSpan.FromMinutes(29), "late"), scenario.Effects));

        Assert.Contains("fold the history again", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ada", refused.Message, StringComparison.Ordinal);
    }

    private static (CustomerState State, EffectBuffer Effects) FoldPlainly(List<CustomerEvent> events, Instant end)
    {
        var effects = new EffectBuffer();
        var state = Fold.Plain(events, effects);
        Machine.AdvanceTo(state, end, effects);
        return (state, effects);
    }

    private static (CustomerState State, EffectBuffer Effects) FoldLive(List<CustomerEvent> events, Instant end, Random random)
    {
        var effects = new EffectBuffer();
        var state = new CustomerState(Make.Ada);
        var at = events[0].OccurredAt;
        foreach (var item in events)
        {
            for (var advances = random.Next(4); advances > 0; advances--)
            {
                at = Fold.Between(random, at, item.OccurredAt);
                Machine.AdvanceTo(state, at, effects);
                if (Machine.NextDeadline(state) is var due && due <= item.OccurredAt && random.Next(2) == 0)
                {
                    Machine.AdvanceTo(state, due, effects);
                    at = Instant.Max(at, due);
                }
            }

            Machine.Apply(state, item, effects);
            at = item.OccurredAt;
        }

        for (; at < end; at = Fold.Between(random, at, end)) Machine.AdvanceTo(state, at, effects);
        Machine.AdvanceTo(state, end, effects);
        return (state, effects);
    }
}
