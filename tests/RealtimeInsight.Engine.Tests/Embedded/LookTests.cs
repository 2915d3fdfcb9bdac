using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Work;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.TestKit.Scoring;

namespace RealtimeInsight.Engine.Tests.Embedded;

/// <summary>A shard is stepped by hand, so that it is known whether it waits or works when somebody looks for a customer.</summary>
public sealed class LookTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Look_WhileTheShardWaits_IsAnsweredByTheCallersThread()
    {
        var host = new HeldShards();
        await using var engine = await StartAsync(host);
        var sent = engine.IngestAsync(Make.View("anna", 0));
        await host.StepAsync();
        await sent.WaitAsync(s_patience);

        var found = LookAsync(engine);

        Assert.True(found.IsCompletedSuccessfully);
        Assert.Equal(1, (await found)!.Profile.Events);
        host.LetGo();
    }

    [Fact]
    public async Task Look_DuringATurn_IsAnsweredInTheSameStepAfterIt()
    {
        var host = new HeldShards();
        var scorer = new HookedScorer();
        await using var engine = await StartAsync(host, scorer);
        Task<CustomerInsight?>? byItself = null, byAnother = null;
        scorer.Stepping = () =>
        {
            byItself = LookAsync(engine);
            Assert.False(byItself.IsCompleted);

            // A long-running task is a thread of its own.
            byAnother = Task.Factory.StartNew(
                () => LookAsync(engine), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .GetAwaiter().GetResult();
            Assert.False(byAnother.IsCompleted);
        };

        var sent = engine.IngestAsync(Make.View("anna", 0));
        await host.StepAsync();
        await sent.WaitAsync(s_patience);

        Assert.Equal(1, (await byItself!.WaitAsync(s_patience))!.Profile.Events);
        Assert.Equal(1, (await byAnother!.WaitAsync(s_patience))!.Profile.Events);
        host.LetGo();
    }

    [Fact]
    public async Task Look_AfterTheEnd_IsRefused()
    {
        var host = new HeldShards();
        var engine = await StartAsync(host);
        host.LetGo();
        await engine.DisposeAsync();

        await Assert.ThrowsAsync<EngineUnavailableException>(() => LookAsync(engine));
    }

    private static Task<EngineHarness> StartAsync(HeldShards host, IScorer? scorer = null)
    {
        var harness = new EngineHarness { WorkHost = host, Pool = scorer };
        harness.Options.Shards = 1;
        return harness.StartAsync();
    }

    private static Task<CustomerInsight?> LookAsync(EngineHarness engine) =>
        engine.Engine.GetInsightAsync(CustomerId.Parse("anna"), CancellationToken.None).AsTask();

    /// <summary>Holds the shard's work until it is let go; other work has its threads.</summary>
    private sealed class HeldShards : IWorkHost
    {
        private readonly ThreadHost _threads = new();
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private IStepped? _shard;

        public int RecoveryThreadsMax => 1;

        public Task StartThread(IStepped work)
        {
            if (!work.Name.StartsWith("shard", StringComparison.Ordinal)) return _threads.StartThread(work);
            _shard = work;
            return _ended.Task;
        }

        public Task StartTask(IStepped work) => _threads.StartTask(work);

        public Task<T> Offload<T>(Func<T> work, CancellationToken cancellationToken) => _threads.Offload(work, cancellationToken);

        /// <summary>One step, once there is something to do.</summary>
        public async Task StepAsync()
        {
            await _shard!.Signal.WaitAsync().WaitAsync(s_patience);
            _shard.Step();
        }

        /// <summary>Gives the shard a thread after all.</summary>
        public void LetGo() => _threads.StartThread(_shard!).ContinueWith(
            _ => _ended.SetResult(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Does something in the middle of a turn, once.</summary>
    private sealed class HookedScorer : IScorer
    {
        private readonly LinearScorer _scorer = new();

        public Action? Stepping { get; set; }

        public IModelLease Lease() => new HookedLease(this, _scorer.Lease());

        public ValueTask<ScoreReply> ScoreAsync(ScoreRequest request, TimeSpan timeout, CancellationToken cancellationToken) =>
            _scorer.ScoreAsync(request, timeout, cancellationToken);

        private sealed class HookedLease(HookedScorer owner, IModelLease lease) : IModelLease
        {
            public ModelIdentity? Model => lease.Model;

            public ScoreOutcome Step(ScoreBatch batch)
            {
                var hook = owner.Stepping;
                owner.Stepping = null;
                hook?.Invoke();
                return lease.Step(batch);
            }

            public ScoreOutcome Fold(FoldRequest request) => lease.Fold(request);

            public void Dispose() => lease.Dispose();
        }
    }
}
