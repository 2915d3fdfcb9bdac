using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Learning;

public sealed class VariantTallyTests
{
    private static readonly Instant s_start = new(1_780_000_000_000);
    private static readonly TimeSpan s_within = TimeSpan.FromHours(48);
    private static readonly TimeSpan s_halfLife = TimeSpan.FromDays(5);

    [Fact]
    public void Posterior_EqualsABatchRecomputation() => Law.Holds(60, seed =>
    {
        var (decisions, now) = Decisions(new Random(seed));
        var tally = new VariantTally(s_within, s_halfLife);
        foreach (var (at, rewardedAt) in Told(decisions))
        {
            if (rewardedAt is null) tally.NoteGiven(at);
            else tally.NoteRewarded(at);
            tally.Reach(rewardedAt ?? at);
        }

        tally.Reach(now);

        AssertClose(Batch(decisions, now), tally);
    });

    [Fact]
    public void Posterior_DoesNotDependOnTheOrderOfWhatIsNoted() => Law.Holds(60, seed =>
    {
        var random = new Random(seed);
        var (decisions, now) = Decisions(random);
        var told = Told(decisions).ToArray();
        random.Shuffle(told);
        var tally = new VariantTally(s_within, s_halfLife);
        foreach (var (at, rewardedAt) in told)
        {
            if (rewardedAt is null) tally.NoteGiven(at);
            else tally.NoteRewarded(at);
        }

        tally.Reach(now);

        AssertClose(Batch(decisions, now), tally);
    });

    [Fact]
    public void Reward_CountsWhenTheTimeForAllRewardsOfItsSlotHasPassed()
    {
        var tally = new VariantTally(s_within, s_halfLife);
        tally.NoteGiven(s_start);
        tally.NoteRewarded(s_start);
        tally.Reach(s_start + s_within);
        Assert.Equal((1L, 0.0), (tally.Open, tally.Given));

        Assert.True(tally.Reach(s_start + s_within + TimeSpan.FromHours(3)));

        Assert.Equal(0, tally.Open);
        Assert.Equal(tally.Given, tally.Rewarded);
        Assert.InRange(tally.Given, 0.7, 0.8);
    }

    [Fact]
    public void Decision_AHalfLifeOld_CountsHalf()
    {
        var tally = new VariantTally(TimeSpan.FromHours(16), TimeSpan.FromHours(100));
        tally.NoteGiven(s_start);
        tally.Reach(s_start + TimeSpan.FromHours(100));

        Assert.Equal(0.5, tally.Given, tolerance: 1e-12);
    }

    [Fact]
    public void Time_AMillionYearsOn_LeavesNothing()
    {
        var tally = new VariantTally(TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        for (var i = 0; i < 100; i++) tally.NoteGiven(s_start + TimeSpan.FromMilliseconds(i));

        tally.Reach(s_start + TimeSpan.FromDays(3_650_000));

        Assert.Equal((0L, 0.0, BetaPosterior.Unknown), (tally.Open, tally.Given, tally.Posterior));
    }

    /// <summary>Decisions over 40 days, and when each was rewarded.</summary>
    private static (List<(Instant At, Instant? RewardedAt)> Decisions, Instant Now) Decisions(Random random)
    {
        var decisions = new List<(Instant, Instant?)>();
        for (var i = random.Next(400); i > 0; i--)
        {
            var at = s_start + TimeSpan.FromMinutes(random.Next(40 * 24 * 60));
            decisions.Add((at, random.Next(3) == 0 ? at + TimeSpan.FromMinutes(random.Next((int)s_within.TotalMinutes)) : null));
        }

        return (decisions, s_start + TimeSpan.FromDays(42 + random.Next(10)));
    }

    /// <summary>What a learner hears, as time passes.</summary>
    private static IEnumerable<(Instant At, Instant? RewardedAt)> Told(List<(Instant At, Instant? RewardedAt)> decisions) => decisions
        .Select(static one => (one.At, RewardedAt: (Instant?)null))
        .Concat(decisions.Where(static one => one.RewardedAt is not null))
        .OrderBy(static one => (one.RewardedAt ?? one.At).UnixMs);

    private static (double Given, double Rewarded, long Open) Batch(List<(Instant At, Instant? RewardedAt)> decisions, Instant now)
    {
        var slotMs = VariantTally.SlotMs(s_within);
        var newest = now.UnixMs / slotMs;
        var (given, rewarded, open) = (0.0, 0.0, 0L);
        foreach (var (at, rewardedAt) in decisions)
        {
            var slot = at.UnixMs / slotMs;
            if (((slot + 1) * slotMs) + s_within.TotalMilliseconds > newest * slotMs)
            {
                open++;
                continue;
            }

            var weight = Math.Pow(0.5, (newest - slot) * slotMs / s_halfLife.TotalMilliseconds);
            given += weight;
            if (rewardedAt is not null) rewarded += weight;
        }

        return (given, rewarded, open);
    }

    private static void AssertClose((double Given, double Rewarded, long Open) batch, VariantTally tally)
    {
        Assert.Equal(batch.Open, tally.Open);
        Assert.Equal(batch.Given, tally.Given, tolerance: 1e-9);
        Assert.Equal(batch.Rewarded, tally.Rewarded, tolerance: 1e-9);
        Assert.Equal(1 + batch.Rewarded, tally.Posterior.Alpha, tolerance: 1e-9);
    }
}
