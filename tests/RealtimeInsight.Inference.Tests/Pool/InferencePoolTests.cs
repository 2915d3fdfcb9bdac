using System.Diagnostics.Metrics;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Inference.Tests.Fakes;

namespace RealtimeInsight.Inference.Tests.Pool;

public sealed class InferencePoolTests : IAsyncDisposable
{
    private readonly PoolFixture _fixture = new(options =>
    {
        options.FailuresMax = 3;
        options.FailuresPerLogEntry = 10;
    });

    private InferencePool Pool => _fixture.Pool;

    [Fact]
    public void Lease_BeforeAnyModel_HoldsNoneAndSaysWhy()
    {
        using var lease = Pool.Lease();

        Assert.Null(lease.Model);
        Assert.Equal(ScoreOutcome.NoModel, lease.Step(TestInputs.Batch(seed: 1, rows: 3)));
        Assert.Equal(ScoreOutcome.NoModel, lease.Fold(TestInputs.Sequence(seed: 1, length: 3)));
        Assert.Null(Pool.Current);
        Assert.Contains("No model", Pool.Problem, StringComparison.Ordinal);
        Assert.Equal(3, _fixture.Metrics.Scores("no_model"));
        Assert.Equal(0, _fixture.Metrics.Sum("model_loaded"));
    }

    [Fact]
    public void Step_Scored_CalibratesEveryRowInUse()
    {
        using var reference = new LinearModelRunner();
        _fixture.Serve();
        var raw = TestInputs.Batch(seed: 2, rows: 37, rowsMax: 64);
        var batch = TestInputs.Batch(seed: 2, rows: 37, rowsMax: 64);
        reference.Step(raw);

        Assert.Equal(ScoreOutcome.Scored, _fixture.StepOnce(batch));

        for (var row = 0; row < 37; row++)
        {
            Assert.Equal(Sigmoid((TestManifest.ChurnA * raw.Churn[row]) + TestManifest.ChurnB), batch.Churn[row], tolerance: 1e-6);
            Assert.Equal(Sigmoid(raw.Abandonment[row]), batch.Abandonment[row], tolerance: 1e-6);
            Assert.Equal(Sigmoid(raw.Purchase[row]), batch.Scores(row).Purchase, tolerance: 1e-6);
        }

        Assert.Equal(37, _fixture.Metrics.Scores("scored"));
        Assert.Equal(37, _fixture.Metrics.Sum("batch_size"));
        Assert.Null(Pool.Problem);
    }

    [Fact]
    public void Fold_Scored_CalibratesLikeStep()
    {
        _fixture.Serve();
        var fold = TestInputs.Sequence(seed: 3, length: 1);
        var step = new ScoreBatch(1) { Rows = 1 };
        fold.Tokens.AsSpan(0, ModelContract.TokenFeatures).CopyTo(step.Tokens);
        fold.Ids.AsSpan(0, ModelContract.TokenIds).CopyTo(step.Ids);
        fold.Profile.CopyTo(step.Profile.AsSpan());
        fold.StateIn.CopyTo(step.StateIn.AsSpan());
        using var lease = Pool.Lease();

        Assert.Equal(ScoreOutcome.Scored, lease.Fold(fold));
        Assert.Equal(ScoreOutcome.Scored, lease.Step(step));

        Assert.Equal(step.Scores(0), fold.Scores);
        Assert.Equal(1, _fixture.Metrics.Sum("folds", "scored"));
    }

    [Fact]
    public void Step_NoRows_IsScoredWithoutARun()
    {
        _fixture.Serve().OnRun = _ => throw new InvalidOperationException("must not run");

        Assert.Equal(ScoreOutcome.Scored, _fixture.StepOnce(new ScoreBatch(4)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    public void Step_RowsOutsideTheBatch_Throws(int rows)
    {
        using var lease = Pool.Lease();

        Assert.Throws<ArgumentOutOfRangeException>(() => lease.Step(new ScoreBatch(4) { Rows = rows }));
    }

    [Fact]
    public void Swap_WhileLeased_LeavesTheLeaseItsVersion()
    {
        var first = _fixture.Serve("1");
        var lease = Pool.Lease();

        _fixture.Serve("2");

        Assert.Equal("1", lease.Model!.Version);
        Assert.Equal(ScoreOutcome.Scored, lease.Step(TestInputs.Batch(seed: 1, rows: 2)));
        Assert.False(first.IsDisposed);
        Assert.Equal("2", Pool.Current!.Version);
        using (var next = Pool.Lease())
        {
            Assert.Equal("2", next.Model!.Version);
        }

        lease.Dispose();
        Assert.True(first.IsDisposed);
    }

    [Fact]
    public void Lease_AfterDispose_RefusesToRun()
    {
        _fixture.Serve();
        var lease = Pool.Lease();
        lease.Dispose();
        lease.Dispose();

        Assert.Throws<ObjectDisposedException>(() => lease.Step(TestInputs.Batch(seed: 1, rows: 2)));
    }

    [Fact]
    public void Swap_ModelThatFailsInWarmUp_KeepsTheOneBefore()
    {
        _fixture.Serve("1");
        var spoiled = new LinearModelRunner(TestManifest.Create("2")) { Spoil = true };
        var throwing = new LinearModelRunner(TestManifest.Create("3")) { OnRun = _ => throw new InvalidOperationException("broken graph") };
        var disagreeing = new LinearModelRunner(TestManifest.Create("4")) { FoldError = 0.01f };

        foreach (var (runner, text) in new[] { (spoiled, "not finite"), (throwing, "broken graph"), (disagreeing, "differ by 0.01") })
        {
            var refused = Assert.Throws<ModelRefusedException>(() => Pool.Swap(runner));
            Assert.Equal(ModelRefusal.WarmUp, refused.Reason);
            Assert.Contains(text, refused.Message, StringComparison.Ordinal);
            Assert.True(runner.IsDisposed);
        }

        Assert.Equal("1", Pool.Current!.Version);
        Assert.Equal(ScoreOutcome.Scored, _fixture.StepOnce());
    }

    [Fact]
    public void Swap_RunsEveryBatchSizeFirst()
    {
        var sizes = new List<int>();
        var runner = new LinearModelRunner { OnRun = sizes.Add };

        Pool.Swap(runner);

        Assert.Equal([1, 2, 4, 8, 16, 20, 24, 28, 32, 40, 48, 56, 64], sizes.Where(rows => rows > 0).Distinct().Order());
        Assert.Contains(0, sizes);
    }

    [Fact]
    public void Step_RunnerThrowsOrGivesNaN_FailsWithoutThrowing()
    {
        var runner = _fixture.Serve();
        runner.OnRun = _ => throw new InvalidOperationException("device lost");
        Assert.Equal(ScoreOutcome.Failed, _fixture.StepOnce());
        runner.OnRun = null;
        runner.Spoil = true;
        Assert.Equal(ScoreOutcome.Failed, _fixture.StepOnce());
        using (var lease = Pool.Lease())
        {
            Assert.Equal(ScoreOutcome.Failed, lease.Fold(TestInputs.Sequence(seed: 1, length: 2)));
        }

        Assert.Equal(8, _fixture.Metrics.Scores("failed"));
        Assert.Equal(1, _fixture.Metrics.Sum("folds", "failed"));
        Assert.Equal(1, _fixture.Metrics.Sum("failures", "exception"));
        Assert.Equal(2, _fixture.Metrics.Sum("failures", "output_not_finite"));
        Assert.Equal(1, _fixture.Logger.Count(2003));
    }

    [Fact]
    public void Lease_AfterFailuresInARow_HoldsNoModelUntilTheCoolDownIsOver()
    {
        var runner = _fixture.Serve();
        runner.Spoil = true;
        for (var i = 0; i < 3; i++)
        {
            Assert.NotNull(Pool.Current);
            Assert.Equal(ScoreOutcome.Failed, _fixture.StepOnce());
        }

        Assert.Null(Pool.Current);
        Assert.Equal(ScoreOutcome.NoModel, _fixture.StepOnce());
        Assert.Contains("3 times in a row", Pool.Problem, StringComparison.Ordinal);
        Assert.Equal(1, _fixture.Logger.Count(2004));

        _fixture.Time.Advance(_fixture.Options.CoolDown);
        Assert.Equal(ScoreOutcome.Failed, _fixture.StepOnce());
        Assert.Equal(ScoreOutcome.NoModel, _fixture.StepOnce());

        _fixture.Time.Advance(_fixture.Options.CoolDown);
        runner.Spoil = false;
        Assert.Equal(ScoreOutcome.Scored, _fixture.StepOnce());
        Assert.Equal(1, _fixture.Metrics.Sum("model_loaded"));
        Assert.Null(Pool.Problem);

        // Healthy again: a single failure does not rest it.
        runner.Spoil = true;
        Assert.Equal(ScoreOutcome.Failed, _fixture.StepOnce());
        Assert.NotNull(Pool.Current);
    }

    [Fact]
    public void Step_RowsOutsideTheContract_FailWithoutBlameForTheModel()
    {
        _fixture.Serve();
        var unknown = TestInputs.Batch(seed: 1, rows: 2);
        unknown.Ids[ModelContract.TokenIds] = ModelContract.KindBuckets;
        var poisoned = TestInputs.Sequence(seed: 1, length: 2);
        poisoned.StateIn[0] = float.NaN;
        using var lease = Pool.Lease();

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(ScoreOutcome.Failed, lease.Step(unknown));
            Assert.Equal(ScoreOutcome.Failed, lease.Fold(poisoned));
            Assert.Equal(ScoreOutcome.Failed, lease.Fold(new FoldRequest(4)));
        }

        Assert.NotNull(Pool.Current);
        Assert.Equal(30, _fixture.Metrics.Sum("failures", "input_invalid"));
    }

    [Fact]
    public void LeaseStepAndFold_InTheSteadyState_AllocateNothing()
    {
        // Instruments of a meter that nobody listens to: what a listener allocates is its own.
        using var meter = new Meter(InferenceInstruments.MeterName);
        var pool = new InferencePool(_fixture.Options, new InferenceInstruments(meter), TimeProvider.System, _fixture.Logger);
        pool.Swap(new LinearModelRunner());
        var batch = TestInputs.Batch(seed: 1, rows: 20);
        var request = TestInputs.Sequence(seed: 1, length: 3);

        Assert.Equal(0, Allocation.Least(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                using var lease = pool.Lease();
                lease.Step(batch);
                lease.Fold(request);
            }
        }));
    }

    [Fact]
    public async Task Swap_UnderLoad_NeverRunsADisposedModel()
    {
        _fixture.Serve("1");
        using var start = new Barrier(4);
        var isDone = false;
        var callers = Enumerable.Range(0, 3).Select(seed => Task.Factory.StartNew(
            () =>
            {
                var batch = TestInputs.Batch(seed, rows: 3);
                start.SignalAndWait(PoolFixture.Patience);
                while (!Volatile.Read(ref isDone))
                {
                    using var lease = Pool.Lease();
                    Assert.NotNull(lease.Model);
                    Assert.Equal(ScoreOutcome.Scored, lease.Step(batch));
                }
            },
            TaskCreationOptions.LongRunning)).ToArray();

        start.SignalAndWait(PoolFixture.Patience);
        var runners = Enumerable.Range(2, 100).Select(version => _fixture.Serve($"{version}")).ToList();
        Volatile.Write(ref isDone, true);
        await Task.WhenAll(callers).WaitAsync(PoolFixture.Patience);

        Assert.All(runners[..^1], runner => Assert.True(runner.IsDisposed));
        Assert.False(runners[^1].IsDisposed);
        Assert.Equal(0, _fixture.Metrics.Scores("failed", "no_model"));
    }

    [Fact]
    public async Task Step_MoreCallersThanAllowed_WaitForOneAnother()
    {
        await using var narrow = new PoolFixture(options => options.CallersMax = 1);
        var runner = narrow.Serve();
        var inside = 0;
        var most = 0;
        runner.OnRun = _ =>
        {
            var now = Interlocked.Increment(ref inside);
            most = Math.Max(most, now);
            Thread.SpinWait(1000);
            Interlocked.Decrement(ref inside);
        };

        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            var batch = TestInputs.Batch(seed, rows: 2);
            for (var i = 0; i < 50; i++)
            {
                Assert.Equal(ScoreOutcome.Scored, narrow.StepOnce(batch));
            }
        }))).WaitAsync(PoolFixture.Patience);

        Assert.Equal(1, most);
    }

    [Fact]
    public async Task Dispose_WithALeaseOut_DisposesTheModelWhenItReturns()
    {
        var runner = _fixture.Serve();
        var lease = Pool.Lease();

        await Pool.DisposeAsync();

        Assert.Equal(ScoreOutcome.Scored, lease.Step(TestInputs.Batch(seed: 1, rows: 1)));
        lease.Dispose();
        Assert.True(runner.IsDisposed);
        Assert.Equal(ScoreOutcome.NoModel, _fixture.StepOnce());
        var late = new LinearModelRunner();
        Assert.Throws<ObjectDisposedException>(() => Pool.Swap(late));
        Assert.True(late.IsDisposed);
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    private static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));
}
