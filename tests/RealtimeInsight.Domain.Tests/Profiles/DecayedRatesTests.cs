using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Profiles;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Profiles;

public sealed class DecayedRatesTests
{
    [Fact]
    public void Rates_EqualTheDefinition()
    {
        Law.Holds(150, static seed =>
        {
            var events = History.Of(seed, 300);
            var random = new Random(seed);
            var state = Fold.Plain(events);
            var asOf = state.LastSeen + TimeSpan.FromMilliseconds(random.NextInt64(86_400_000L * 3));
            var rates = new float[DecayedRates.Length];
            state.ReadRates(asOf, rates);
            for (var i = 0; i < rates.Length; i++) Near(Defined(events, asOf, i), rates[i]);
        });
    }

    [Fact]
    public void Rates_AtTheNewestEvent_CountItFully()
    {
        var rates = new float[DecayedRates.Length];
        var state = Scenario.Of("view a; add a; view b").State;
        state.ReadRates(Make.Start, rates);

        Assert.All(rates[5..10], static rate => Assert.Equal(2f, rate));
        Assert.All(rates[10..15], static rate => Assert.Equal(1f, rate));
        Assert.Equal(15f, rates.Sum());
    }

    [Fact]
    public void Rates_ReadBeforeTheNewestEvent_AreThoseOfTheNewestEvent()
    {
        var state = Scenario.Of("view a; wait 1d; view b").State;
        var (now, before) = (new float[DecayedRates.Length], new float[DecayedRates.Length]);
        state.ReadRates(state.LastSeen, now);
        state.ReadRates(Make.Start, before);
        Assert.Equal(now, before);
    }

    [Fact]
    public void Rates_HowOftenLookedAt_DoesNotMatter()
    {
        var state = Scenario.Of("view a; wait 1d; view b").State;
        var bytes = Fold.Bytes(state);
        for (var i = 0; i < 10; i++) state.ReadRates(Instant.Max(state.LastSeen, new(long.MaxValue / 2)), new float[DecayedRates.Length]);
        Assert.Equal(bytes, Fold.Bytes(state));
    }

    [Fact]
    public void EveryKind_HasAGroup()
    {
        Assert.All(Enum.GetValues<EventKind>(), static kind => Assert.InRange((int)RateGroups.Of(kind), 0, RateGroups.Count - 1));
        Assert.Equal(RateGroups.Count, Enum.GetValues<EventKind>().Select(RateGroups.Of).Distinct().Count());
        Assert.Equal([300_000, 3_600_000, 86_400_000, 604_800_000, 2_592_000_000], DecayedRates.HorizonsMs.ToArray());
    }

    private static double Defined(List<CustomerEvent> events, Instant asOf, int index)
    {
        var (group, horizon) = ((RateGroup)(index / DecayedRates.Horizons), DecayedRates.HorizonsMs[index % DecayedRates.Horizons]);
        return events.Where(item => RateGroups.Of(item.Kind) == group)
            .Sum(item => Math.Exp(-(double)(asOf.UnixMs - item.OccurredAt.UnixMs) / horizon));
    }

    private static void Near(double defined, float kept)
    {
        // Far below the smallest normal float nothing is left to compare.
        if (defined < 1e-30) Assert.InRange(kept, 0f, 1e-29f);
        else Assert.InRange(kept / defined, 1 - 1e-4, 1 + 1e-4);
    }
}
