using System.Diagnostics;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference.Runners;
using RealtimeInsight.Inference.Tests.Conformance;
using RealtimeInsight.Inference.Tests.Fakes;

namespace RealtimeInsight.Inference.Onnx.Tests;

/// <summary>The committed model on the real runtime keeps to the port.</summary>
public sealed class OnnxModelRunnerTests : ModelRunnerConformance
{
    [Fact]
    public void Step_IdThatTheGraphDoesNotKnow_ThrowsAndTheNextRunIsSound()
    {
        using var runner = Load();
        var batch = TestInputs.Batch(seed: 1, rows: 10, rowsMax: 16);
        runner.Step(batch);
        var expected = batch.StateOut.ToArray();
        var row = batch.IdRow(9);
        var kind = row[0];
        row[0] = 1_000_000;

        Assert.ThrowsAny<Exception>(() => runner.Step(batch));

        // With fewer rows the bad one is padding, and must not be read.
        batch.Rows = 9;
        runner.Step(batch);
        batch.Rows = 10;
        TestInputs.CopyRow(TestInputs.Batch(seed: 1, rows: 10, rowsMax: 16), 9, batch, 9);
        batch.IdRow(9)[0] = kind;
        runner.Step(batch);
        AssertClose(expected.AsSpan(0, 10 * ModelContract.StateWidth), batch.StateOut.AsSpan(0, 10 * ModelContract.StateWidth));
    }

    [Fact]
    public void Load_ManyModels_StartsNoThreads()
    {
        using var first = Load();
        first.Step(TestInputs.Batch(seed: 1, rows: 4));
        var before = Threads();

        var runners = Enumerable.Range(0, 12).Select(_ => Load()).ToList();
        runners.ForEach(runner => runner.Step(TestInputs.Batch(seed: 1, rows: 64)));

        // 24 sessions with a pool of their own would have started one thread each at least; the test runner starts a few now and then.
        Assert.InRange(Threads() - before, int.MinValue, 11);
        runners.ForEach(runner => runner.Dispose());
    }

    [Fact]
    public void Dispose_AfterBatchesWereDropped_ReleasesWhatIsLeft()
    {
        var runner = Load();
        var kept = TestInputs.Batch(seed: 1, rows: 8);
        runner.Step(kept);
        for (var i = 0; i < 300; i++)
        {
            runner.Step(TestInputs.Batch(seed: i, rows: 3));
            runner.Fold(TestInputs.Sequence(seed: i, length: 2, lengthMax: 4));
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        runner.Step(kept);
        runner.Dispose();

        using var next = Load();
        next.Step(kept);
        Assert.Throws<ObjectDisposedException>(() => runner.Step(kept));
    }

    protected override IModelRunner Load() => CommittedModel.Load();

    private static int Threads()
    {
        using var process = Process.GetCurrentProcess();
        return process.Threads.Count;
    }
}
