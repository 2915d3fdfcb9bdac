using System.Runtime.CompilerServices;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Watching;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Engine.Tests.Watching;

public sealed class PendingOutcomesTests
{
    private const long Horizon = 24 * 3_600_000;
    private readonly List<ResolvedScore> _resolved = [];
    private readonly ModelMonitor _monitor = new(TimeSpan.FromDays(7), TimeSpan.FromDays(1));

    public PendingOutcomesTests()
    {
        _monitor.Observer = _resolved.Add;
        _monitor.Know(new ModelIdentity("behaviour", "1", new string('a', 64), 7), manifest: null);
    }

    [Fact]
    public void Came_InTime_SettlesEveryEarlierScoreOfTheCustomerAndNoOther()
    {
        var pending = Make();
        for (var i = 1; i <= 5; i++) pending.Add(Score(customer: 1, at: i));
        pending.Add(Score(customer: 2, at: 1));

        pending.Came(1, new Instant(5), order: 0);

        // What came early counts with what never comes, at the end of the horizon.
        Assert.Empty(_resolved);
        Assert.Equal(6, pending.Waiting.Open);
        CountAll(pending);
        var bought = _resolved.Where(static one => one.Outcome).ToList();
        Assert.Equal([1, 2, 3, 4], bought.Select(static one => one.At.UnixMs).Order());
        Assert.All(bought, static one => Assert.Equal(1UL, one.Customer));
        Assert.Equal(6, _resolved.Count);
    }

    [Fact]
    public void Came_AfterTheHorizon_IsTheContrary()
    {
        var pending = Make();
        pending.Add(Score(customer: 1, at: 10));
        pending.Came(1, new Instant(11 + Horizon), order: 0);
        CountAll(pending);

        var one = Assert.Single(_resolved);
        Assert.False(one.Outcome);
        Assert.Equal(10 + Horizon, one.KnownAt.UnixMs);
    }

    [Fact]
    public void Came_WithMoreOfTheOwnOrder_WaitsOn()
    {
        var pending = Make();
        pending.Add(Score(customer: 1, at: 10) with { OwnOrder = 5 });
        pending.Add(Score(customer: 2, at: 10) with { OwnOrder = 5 });
        pending.Came(1, new Instant(20), order: 5);
        pending.Came(2, new Instant(20), order: 5);
        pending.Came(1, new Instant(30), order: 6);
        CountAll(pending);

        Assert.Equal([(1UL, true), (2UL, false)], _resolved.Select(static one => (one.Customer, one.Outcome)));
    }

    [Fact]
    public void Pass_AtTheHorizonAndItsGrace_SettlesWhatNothingCameFor()
    {
        var pending = Make();
        pending.Add(Score(customer: 1, at: 10));
        pending.Add(Score(customer: 1, at: 20));
        var grace = (long)TimeSpan.FromHours(1).TotalMilliseconds;
        Assert.Equal(10 + Horizon + grace, pending.NextDue);

        pending.Pass(new Instant(pending.NextDue - 1), outcome: false);
        Assert.Empty(_resolved);
        pending.Pass(new Instant(pending.NextDue), outcome: false);
        Assert.Single(_resolved);
        pending.Pass(new Instant(long.MaxValue - 1), outcome: false);
        Assert.Equal(2, _resolved.Count);
        Assert.Equal(long.MaxValue, pending.NextDue);
    }

    [Fact]
    public void Add_OfTheSameMomentAgain_TakesTheLaterScore()
    {
        var pending = Make();
        pending.Add(Score(customer: 1, at: 10));
        pending.Add(Score(customer: 1, at: 10) with { Score = 0.9f });
        pending.Came(1, new Instant(11), order: 0);
        CountAll(pending);

        Assert.Equal(0.9f, Assert.Single(_resolved).Score);
    }

    [Fact]
    public void Add_BeyondTheRoom_KeepsAFairSampleOfItAndSaysItsShare()
    {
        const int Count = 20_000;
        var pending = Make(capacity: 256);
        var random = new Random(2);
        for (var i = 1; i <= Count; i++)
        {
            // One in four buys; who is let go has nothing to do with it.
            pending.Add(Score(customer: (ulong)i, at: i) with { Draw = (ulong)random.NextInt64() << 1 });
        }

        var (open, share) = (pending.Waiting.Open, pending.Waiting.Share);
        Assert.InRange(open, 64, 256);
        Assert.InRange(open / share, Count * 0.7, Count * 1.3);
        Assert.Equal(open, pending.Open().Count());
        for (var i = 4; i <= Count; i += 4) pending.Came((ulong)i, new Instant(Count + 1), order: 0);
        CountAll(pending);
        Assert.Equal(open, _resolved.Count);
        Assert.InRange(_resolved.Count(static one => one.Outcome) / (double)open, 0.13, 0.37);
    }

    [Fact]
    public void Share_OfAQuietTimeAfterABusyOne_GrowsAgain()
    {
        var pending = Make(capacity: 256);
        var random = new Random(2);
        for (var i = 1; i <= 5_000; i++) pending.Add(Score((ulong)i, at: i) with { Draw = (ulong)random.NextInt64() << 1 });
        Assert.InRange(pending.Waiting.Share, 0, 0.2);

        pending.Pass(new Instant(10 * Horizon), outcome: false);

        Assert.True(pending.Waiting.Share > 0.9, $"{pending.Waiting}");
        Assert.Equal(0, pending.Waiting.Open);
    }

    [Fact]
    public void Give_AndTake_GoOnUnderTheOtherId()
    {
        var (from, to) = (Make(), Make());
        from.Add(Score(customer: 1, at: 10));
        from.Add(Score(customer: 1, at: 12));
        to.Take(9, from.Give(1));

        to.Came(9, new Instant(20), order: 0);
        CountAll(from);
        Assert.Empty(_resolved);
        CountAll(to);

        Assert.Equal([10, 12], _resolved.Select(static one => one.At.UnixMs).Order());
        Assert.All(_resolved, static one => Assert.True(one.Outcome));
    }

    private static void CountAll(PendingOutcomes pending) => pending.Pass(new Instant(long.MaxValue - 1), outcome: false);

    private PendingOutcomes Make(int capacity = 1024) => new(ScoreHead.Purchase, capacity, TimeSpan.FromHours(1), _monitor);

    [Fact]
    public void PendingScore_InMemory_TakesWhatTheOptionSays() => Assert.Equal(72, Unsafe.SizeOf<PendingScore>());

    private static PendingScore Score(ulong customer, long at) =>
        new() { Customer = customer, At = at, Due = at + Horizon, Stamp = 7, Score = 0.3f };
}
