using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Runners;
using RealtimeInsight.Inference.Tests.Conformance;
using RealtimeInsight.Inference.Tests.Fakes;

namespace RealtimeInsight.Inference.Onnx.Tests;

/// <summary>
/// Steps run as captured graphs are, on the CPU: fixed tensors, a graph's name for each size, copies around the run, one thread for all
/// models. What the CPU leaves out is the capture itself.
/// </summary>
public sealed class FixedStepTests : ModelRunnerConformance
{
    /// <summary>The work that is handed to the other thread.</summary>
    protected override long BytesARun => 256;

    [Fact]
    public void Load_FixedBatch_IsRefused()
    {
        var package = CommittedModel.PackageOf(new TinyOnnx { Batch = 16 }.Write(), []);

        var refused = Assert.Throws<ModelRefusedException>(
            () => CommittedModel.Factory().Load(package, Accelerator.Cpu, capturesGraphs: true));

        Assert.Contains("[16, 1, 16]; it has to be Float [-1, 1, 16]", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_BatchAfterBatchOfOneSize_HasEachBatchsOwnResults()
    {
        using var runner = Load();
        using var plain = CommittedModel.Load();

        for (var seed = 0; seed < 5; seed++)
        {
            var expected = TestInputs.Batch(seed, rows: 16);
            var actual = TestInputs.Batch(seed, rows: 16);
            plain.Step(expected);
            runner.Step(actual);
            AssertClose(expected.StateOut, actual.StateOut);
            AssertClose(expected.Churn, actual.Churn);
            AssertClose(expected.ItemQuery, actual.ItemQuery);
        }
    }

    protected override IModelRunner Load() => CommittedModel.Factory().Load(CommittedModel.Read(), Accelerator.Cpu, capturesGraphs: true);
}
