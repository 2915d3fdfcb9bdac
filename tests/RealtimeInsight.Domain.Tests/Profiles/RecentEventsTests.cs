using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Tests.Kit;

namespace RealtimeInsight.Domain.Tests.Profiles;

public sealed class RecentEventsTests
{
    [Fact]
    public void Recent_UnderChangingMaxima_AreTheNewestInOrder() => Law.Holds(50, static seed =>
    {
        var random = new Random(seed);
        var state = new CustomerState(Make.Ada);
        var effects = new EffectBuffer();
        var machine = Machine(random);
        var expected = new List<long>();
        for (var i = 0; i < 200; i++)
        {
            if (random.Next(20) == 0) machine = Machine(random);
            var at = Make.Start + TimeSpan.FromSeconds(i);
            machine.Apply(state, Make.Event(EventKind.PageViewed, at, $"{i}"), effects);
            expected.Add(at.UnixMs);
            if (expected.Count > machine.Options.LastEventsMax) expected.RemoveRange(0, expected.Count - machine.Options.LastEventsMax);

            Assert.Equal(expected, state.Recent.ToArray().Select(static item => item.At.UnixMs));
        }
    });

    [Fact]
    public void Index_BeyondTheCount_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(static () => new CustomerState(Make.Ada).Recent[0]);

    private static CustomerMachine Machine(Random random) => new(new CustomerOptions { LastEventsMax = 4 + random.Next(40) });
}
