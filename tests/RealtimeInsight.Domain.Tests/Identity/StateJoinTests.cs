using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Profiles;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Identity;

public sealed class StateJoinTests
{
    /// <summary>What is added up is what a fold of both would have added up, whatever the order of the two.</summary>
    [Fact]
    public void Join_AddsUpWhatTheFoldOfBothAddsUp() => Law.Holds(100, static seed =>
    {
        var whole = History.Of(seed);
        var random = new Random(seed);
        var sides = whole.GroupBy(_ => random.Next(2)).ToDictionary(static side => side.Key, static side => side.ToList());
        if (sides.Count < 2) return;
        var fold = Fold.Plain(whole);
        foreach (var (left, right) in ((int, int)[])[(0, 1), (1, 0)])
        {
            var joined = StateJoin.Join(Make.Ada, Fold.Plain(sides[left]), Fold.Plain(sides[right]), Fold.Machine.Options);
            Assert.Equal(
                (fold.EventCount, fold.FirstSeen, fold.LastSeen, fold.LastActivityAt),
                (joined.EventCount, joined.FirstSeen, joined.LastSeen, joined.LastActivityAt));
            Assert.All(whole.TakeLast(20), item => Assert.Equal(Admission.Duplicate, Fold.Machine.Admit(joined, item)));
            Assert.Equal((fold.Orders.Cancelled, fold.Orders.Refunded), (joined.Orders.Cancelled, joined.Orders.Refunded));
            Assert.Equal(Texts(fold), Texts(joined));
            Assert.All(Enum.GetValues<EventKind>(), kind => Assert.Equal(fold.CountOf(kind), joined.CountOf(kind)));
            var (rates, expected) = (new float[DecayedRates.Length], new float[DecayedRates.Length]);
            joined.ReadRates(fold.LastSeen, rates);
            fold.ReadRates(fold.LastSeen, expected);
            for (var i = 0; i < rates.Length; i++) Assert.Equal(expected[i], rates[i], 0.001f * Math.Max(1f, expected[i]));
            Assert.Equal(
                fold.Recent.ToArray().Select(static item => item.At.UnixMs),
                joined.Recent.ToArray().Select(static item => item.At.UnixMs));
            Assert.Equal(Fold.Bytes(joined), Fold.Bytes(Fold.Copy(joined)));
            Fold.Machine.AdvanceTo(joined, Instant.Never, new EffectBuffer());
        }
    });

    [Fact]
    public void Join_NumbersCartsAndDecisionsOfTheLaterOneAfterThoseOfTheEarlier()
    {
        var earlier = Scenario.Of("add a cart=x; order a cart=x; add b cart=y").State;
        var later = Scenario.Of("wait 2h; add c cart=z").State;
        later.Ledger = DecisionLedger.Of([Entry("cart:1"), Entry("session:1"), Entry("ever")]);
        earlier.Ledger = DecisionLedger.Of([Entry("cart:2")]);

        var joined = StateJoin.Join(Make.Ada, later, earlier, new CustomerOptions());

        Assert.Equal("1:Converted 2:Open 3:Open", string.Join(' ', joined.Carts.Select(static cart => $"{cart.Number}:{cart.State}")));
        Assert.Equal(["cart:2", "cart:3", "session:2", "ever"], joined.Ledger!.Entries.Select(static entry => entry.Episode));
        Assert.Equal((2, 3), (joined.Session.Number, joined.CartCount));
    }

    private static (int, int, Instant, Instant)? Texts(CustomerState state) => state.Texts is { } texts
        ? (texts.Texts, texts.Complaints, texts.NewestAt, texts.ComplaintAt)
        : null;

    private static LedgerEntry Entry(string episode) => new()
    {
        DecisionId = $"dec-{episode}",
        Rule = "r",
        Action = "a",
        Episode = episode,
        Status = DecisionStatus.Decided,
        DecidedAt = Make.Start,
    };
}
