using FsCheck;
using FsCheck.Fluent;
using RealtimeInsight.Inference.Tests.Fakes;

namespace RealtimeInsight.Inference.Tests.Pool;

/// <summary>Whatever happens in whatever order, each request is settled, once, and counted, once.</summary>
public sealed class SettlementLawTests
{
    [Fact]
    public void EachRequest_IsSettledExactlyOnce()
    {
        Prop.ForAll<int, int[]>((seed, script) => RunAsync(seed, script).WaitAsync(PoolFixture.Patience).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithEndSize(200));
    }

    [Fact]
    public async Task RequestCancelledWhileItIsTaken_IsSettledExactlyOnce()
    {
        const int Requests = 20_000;
        await using var fixture = new PoolFixture(options => options.BatchSizeMax = 1);
        fixture.Serve();
        var random = new Random(1);
        var scored = 0;

        for (var i = 0; i < Requests; i++)
        {
            using var source = new CancellationTokenSource();
            var reply = fixture.Score(cancellationToken: source.Token);
            Thread.SpinWait(random.Next(120));
            source.Cancel();
            scored += (await reply.WaitAsync(PoolFixture.Patience)).Outcome == ScoreOutcome.Scored ? 1 : 0;
        }

        Assert.Equal(scored, fixture.Metrics.Scores("scored"));
        Assert.Equal(Requests - scored, fixture.Metrics.Scores("cancelled"));
    }

    private static async Task RunAsync(int seed, int[] script)
    {
        var random = new Random(seed);
        var fixture = new PoolFixture(options =>
        {
            options.BatchSizeMax = 1 + random.Next(5);
            options.QueueLengthMax = options.BatchSizeMax + random.Next(6);
            options.QueueDelayMax = TimeSpan.FromMilliseconds(random.Next(4));
            options.FailuresMax = 3;
        });
        var runner = fixture.Serve();
        runner.OnRun = rows =>
        {
            if (rows % 4 == 3)
            {
                throw new InvalidOperationException("every third row count fails");
            }
        };
        var replies = new List<Task<ScoreReply>>();
        var sources = new List<CancellationTokenSource>();
        var helpers = new List<Task>();
        foreach (var step in script)
        {
            Act(fixture, random, step, replies, sources, helpers);
        }

        // Whatever is left leaves with the last ticks, or is turned away at the end.
        fixture.Time.Advance(TimeSpan.FromMilliseconds(random.Next(2) * 10));
        await Task.WhenAll(helpers);
        await fixture.Pool.DisposeAsync();
        var settled = await Task.WhenAll(replies).WaitAsync(PoolFixture.Patience);

        foreach (var outcome in Enum.GetValues<ScoreOutcome>())
        {
            var name = outcome switch
            {
                ScoreOutcome.TimedOut => "timed_out",
                ScoreOutcome.NoModel => "no_model",
                _ => outcome.ToString().ToLowerInvariant(),
            };
            Assert.Equal(settled.Count(reply => reply.Outcome == outcome), fixture.Metrics.Scores(name));
        }

        Assert.All(settled, reply =>
            Assert.Equal(reply.Outcome == ScoreOutcome.Scored, reply.Model is not null && !reply.StateOut.IsEmpty));
        sources.ForEach(source => source.Dispose());
        await fixture.DisposeAsync();
    }

    private static void Act(
        PoolFixture fixture,
        Random random,
        int step,
        List<Task<ScoreReply>> replies,
        List<CancellationTokenSource> sources,
        List<Task> helpers)
    {
        switch (Math.Abs((long)step) % 8)
        {
            case 0:
                fixture.Time.Advance(TimeSpan.FromMilliseconds(random.Next(5)));
                break;
            case 1 when sources.Count > 0:
                var source = sources[random.Next(sources.Count)];
                helpers.Add(Task.Run(source.Cancel));
                break;
            case 2:
                helpers.Add(Task.Run(() => fixture.Time.Advance(TimeSpan.FromMilliseconds(1))));
                break;
            case 3:
                fixture.Time.Advance(fixture.Options.CoolDown);
                break;
            default:
                var cancellation = new CancellationTokenSource();
                sources.Add(cancellation);
                var timeout = random.Next(3) == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(random.Next(6));
                replies.Add(fixture.Score((ScorePriority)random.Next(3), timeout, seed: random.Next(100), cancellation.Token));
                break;
        }
    }
}
