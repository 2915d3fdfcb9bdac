using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Inference.Tests.Fakes;

namespace RealtimeInsight.Inference.Onnx.Tests;

/// <summary>The pool over the real runtime: what the engine meets.</summary>
public sealed class OnnxPoolTests : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly InstrumentReader _metrics = new();
    private readonly InferencePool _pool;

    public OnnxPoolTests()
    {
        _pool = new InferencePool(new InferenceOptions(), _metrics.Instruments, TimeProvider.System, new RecordingLogger<InferencePool>());
        _pool.Swap(CommittedModel.Load());
    }

    [Fact]
    public async Task Score_ManyCallers_GetWhatAStepGives()
    {
        var expected = TestInputs.Batch(seed: 5, rows: 1);
        using (var lease = _pool.Lease())
        {
            lease.Step(expected);
        }

        var replies = await Task.WhenAll(Enumerable.Range(0, 500)
            .Select(_ => _pool.ScoreAsync(TestInputs.Request(seed: 5), s_patience, default).AsTask())).WaitAsync(s_patience);

        Assert.All(replies, reply =>
        {
            Assert.Equal(ScoreOutcome.Scored, reply.Outcome);
            Assert.Equal(expected.Churn[0], reply.Scores.Churn, tolerance: 1e-5f);
            Assert.Equal(expected.StateOut[7], reply.StateOut.Span[7], tolerance: 1e-5f);
        });
        Assert.True(_metrics.Sum("batch_size") >= 501);
    }

    [Fact]
    public void Step_IdOutsideTheContract_FailsWithoutBlameForTheModel()
    {
        var batch = TestInputs.Batch(seed: 1, rows: 2);
        batch.Ids[0] = -ModelContract.ItemBuckets - 1;

        for (var i = 0; i < 20; i++)
        {
            using var lease = _pool.Lease();
            Assert.Equal(ScoreOutcome.Failed, lease.Step(batch));
        }

        Assert.NotNull(_pool.Current);
        Assert.Equal(20, _metrics.Sum("failures", "input_invalid"));
    }

    [Fact]
    public async Task Swap_UnderLoad_EveryStepIsScored()
    {
        var tiny = CommittedModel.PackageOf(new TinyOnnx().Write(), new TinyOnnx { IsFold = true }.Write());
        var isDone = false;
        var callers = Enumerable.Range(0, 2).Select(seed => Task.Factory.StartNew(
            () =>
            {
                var batch = TestInputs.Batch(seed, rows: 64);
                var fold = TestInputs.Sequence(seed, length: 5);
                var versions = new HashSet<string>();
                while (!Volatile.Read(ref isDone))
                {
                    using var lease = _pool.Lease();
                    versions.Add(lease.Model!.Version);
                    Assert.Equal(ScoreOutcome.Scored, lease.Step(batch));
                    Assert.Equal(ScoreOutcome.Scored, lease.Fold(fold));
                }

                return versions;
            },
            TaskCreationOptions.LongRunning)).ToArray();

        for (var i = 0; i < 15; i++)
        {
            _pool.Swap(CommittedModel.Factory().Load(tiny));
            _pool.Swap(CommittedModel.Load());
        }

        Volatile.Write(ref isDone, true);
        var seen = await Task.WhenAll(callers).WaitAsync(s_patience);
        Assert.Contains(seen, versions => versions.Count > 1);
    }

    [Fact]
    public void Swap_ModelWhoseOutputsAreNotFinite_IsRefusedInWarmUp()
    {
        var logarithm = CommittedModel.PackageOf(
            new TinyOnnx { ChurnOperator = "Log" }.Write(), new TinyOnnx { ChurnOperator = "Log", IsFold = true }.Write());

        var refused = Assert.Throws<ModelRefusedException>(() => _pool.Swap(CommittedModel.Factory().Load(logarithm)));

        Assert.Equal(ModelRefusal.WarmUp, refused.Reason);
        Assert.Equal(CommittedModel.Version, _pool.Current!.Version);
    }

    [Fact]
    public void Swap_StepAndFoldOfDifferentModels_IsRefusedInWarmUp()
    {
        var mixed = CommittedModel.PackageOf(CommittedModel.Read().Step.ToArray(), new TinyOnnx { IsFold = true }.Write());

        var refused = Assert.Throws<ModelRefusedException>(() => _pool.Swap(CommittedModel.Factory().Load(mixed)));

        Assert.Contains("Export both from one model", refused.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        _metrics.Dispose();
    }
}
