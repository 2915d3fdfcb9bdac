using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Customers;

public sealed class SessionTests
{
    private static readonly EffectKind[] SessionEffects = [EffectKind.SessionStarted, EffectKind.SessionEnded];

    [Theory]
    [InlineData("browse", "session_started#1@0m")]
    [InlineData("browse; wait 29m; view a; wait 29m; view b", "session_started#1@0m")]
    [InlineData("browse; wait 29m+59s; view a", "session_started#1@0m")]
    [InlineData("browse; wait 30m", "session_started#1@0m session_ended#1@30m")]
    [InlineData("browse; wait 30m; view a", "session_started#1@0m session_ended#1@30m session_started#2@30m")]
    [InlineData("browse; wait 3d; view a", "session_started#1@0m session_ended#1@30m session_started#2@4320m")]
    [InlineData("browse; wait 10m; identify; wait 20m", "session_started#1@0m session_ended#1@30m")]
    [InlineData("identify; service_message; wait 1d", "")]
    [InlineData("identify; browse", "session_started#1@0m")]
    [InlineData("browse; wait 1h; identify; wait 1h; order_refunded", "session_started#1@0m session_ended#1@30m")]
    public void Sessions_StartWithActivity_AndEndByTheGap(string script, string effects) =>
        Assert.Equal(effects, Scenario.Of(script).EffectTimes(SessionEffects));

    [Fact]
    public void Apply_ExactlyAtTheGap_StartsANewSession()
    {
        Assert.Equal(1, After(TimeSpan.FromMinutes(30) - TimeSpan.FromMilliseconds(1)));
        Assert.Equal(2, After(TimeSpan.FromMinutes(30)));
        Assert.Equal(2, After(TimeSpan.FromMinutes(30) + TimeSpan.FromMilliseconds(1)));

        static int After(TimeSpan gap) => Fold.Plain(
        [
            Make.Event(EventKind.PageViewed, Make.Start, "1"),
            Make.Event(EventKind.PageViewed, Make.Start + gap, "2"),
        ]).Session.Number;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryKind_EitherKeepsTheSessionAlive_OrLeavesItAlone(EventKind kind)
    {
        var scenario = Scenario.Of($"browse; wait 20m; {EventKinds.WireName(kind)}; wait 10m");

        Assert.Equal(EventKinds.IsActivity(kind), scenario.State.Session.IsOpen);
        Assert.Equal(EventKinds.IsActivity(kind) ? Make.Start + Make.Span("20m") : Make.Start, scenario.State.LastActivityAt);
        Assert.Equal(Make.Start + Make.Span("20m"), scenario.State.LastSeen);
        Assert.Equal(1u, kind == EventKind.PageViewed ? scenario.State.CountOf(kind) - 1 : scenario.State.CountOf(kind));
    }

    [Fact]
    public void Session_CountsItsOwnEventsOnly()
    {
        var scenario = Scenario.Of("view a; view b; add a; identify; wait 1h; view a; add a; browse");
        var session = scenario.State.Session;

        Assert.Equal((2, 3, 1, 1), (session.Number, session.Events, session.ProductsViewed, session.CartAdds));
        Assert.Equal(Make.Start + Make.Span("1h"), session.StartedAt);
        Assert.True(session.IsOpen);
        Assert.Equal(7, scenario.State.EventCount);
    }

    [Fact]
    public void Session_AfterItsEnd_StaysReadable()
    {
        var session = Scenario.Of("view a; view b; wait 2h").State.Session;
        Assert.Equal((1, false, 2, 2), (session.Number, session.IsOpen, session.Events, session.ProductsViewed));
    }

    [Fact]
    public void Sessions_OfRandomGaps_AreWhatTheGapsSay()
    {
        Law.Holds(150, static seed =>
        {
            var random = new Random(seed);
            var gap = TimeSpan.FromSeconds(1 + random.Next(7_200));
            var machine = new CustomerMachine(new CustomerOptions { SessionGap = gap });
            var at = Make.Start;
            var (expected, last) = (0, Instant.None);
            var events = new List<CustomerEvent>();
            for (var i = 0; i < 60; i++)
            {
                at += random.Next(4) == 0 ? gap : TimeSpan.FromMilliseconds(random.NextInt64((long)gap.TotalMilliseconds * 2));
                var kind = random.Next(4) == 0 ? EventKind.ServiceMessage : EventKind.PageViewed;
                events.Add(Make.Event(kind, at, $"{i}"));
                if (kind != EventKind.PageViewed) continue;
                if (!last.HasValue || at - last >= gap) expected++;
                last = at;
            }

            Assert.Equal(expected, Fold.Plain(events, machine: machine).Session.Number);
        });
    }

    public static TheoryData<EventKind> Kinds() => new(Enum.GetValues<EventKind>());
}
