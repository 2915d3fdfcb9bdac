using FsCheck;
using FsCheck.Fluent;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Outbox;

namespace RealtimeInsight.Engine.Tests.Outbox;

public sealed class RetryScheduleTests
{
    private static readonly Instant Now = new(1_700_000_000_000);

    [Fact]
    public void Waits_AreThoseOfStandardWebhooks() => Assert.Equal(
        [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
        RetrySchedule.Waits.Select(wait => wait.TotalSeconds));

    /// <summary>Law: each wait is the schedule's plus at most the jitter's share; after the last attempt there is none.</summary>
    [Fact]
    public void NextAfter_StaysWithinTheJitter() => Prop.ForAll<int, byte>((seed, share) =>
    {
        var options = new OutboxOptions { Seed = seed, JitterMax = share / 255d };
        var schedule = new RetrySchedule(options);
        for (var attempt = 1; attempt < RetrySchedule.Waits.Count; attempt++)
        {
            var wait = schedule.NextAfter("dec-1", attempt, Now, retryAfter: null) - Now;
            var least = RetrySchedule.Waits[attempt];
            Assert.InRange(wait, least, (least * (1 + options.JitterMax)) + TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(Instant.Never, schedule.NextAfter("dec-1", RetrySchedule.Waits.Count, Now, retryAfter: TimeSpan.FromSeconds(1)));
    }).Check(Config.QuickThrowOnFailure);

    [Theory]
    [InlineData(60, 60)]
    [InlineData(1, 5)]
    [InlineData(700_000, 86_400)]
    public void NextAfter_WithRetryAfter_TakesTheLater_UpToItsLimit(int wish, int expected)
    {
        var schedule = new RetrySchedule(new OutboxOptions { JitterMax = 0 });
        Assert.Equal(Now + TimeSpan.FromSeconds(expected), schedule.NextAfter("dec-1", 1, Now, TimeSpan.FromSeconds(wish)));
    }

    [Fact]
    public void NextAfter_DrawsItsJitterFromTheDecision_NotFromTheOrderOfCalls()
    {
        var schedule = new RetrySchedule(new OutboxOptions());
        var waits = Enumerable.Range(0, 50).Select(i => schedule.NextAfter($"dec-{i}", 2, Now, null)).ToList();
        Assert.Equal(waits[7], schedule.NextAfter("dec-7", 2, Now, null));
        Assert.InRange(waits.Distinct().Count(), 45, 50);
    }
}
