using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Inference.Runners;
using RealtimeInsight.Inference.Tests.Fakes;

namespace RealtimeInsight.Inference.Onnx.Tests;

/// <summary>CUDA where it is there; where it is not, a clear refusal, or the CPU if that was allowed.</summary>
public sealed class AcceleratorTests
{
    [Fact]
    public void Load_Cuda_RunsOnItOrIsRefusedWithTheCure()
    {
        try
        {
            using var runner = CommittedModel.Factory(new InferenceOptions { Accelerator = Accelerator.Cuda }).Load(CommittedModel.Read());
            Assert.Equal(Accelerator.Cuda, runner.Accelerator);
            AssertScoresLikeTheCpu(runner, tolerance: 1e-3f);
        }
        catch (ModelRefusedException refused)
        {
            Assert.Equal(ModelRefusal.Accelerator, refused.Reason);
            Assert.Contains("Accelerator=cuda, device 0, is not usable", refused.Message, StringComparison.Ordinal);
            Assert.Contains("AcceleratorFallback=true", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Load_CudaDeviceThatIsNotThere_FallsBackWhenAllowedAndSaysSo()
    {
        var options = new InferenceOptions { Accelerator = Accelerator.Cuda, CudaDevice = 63, AcceleratorFallback = true };
        var logger = new RecordingLogger<OnnxModelRunnerFactory>();

        using var runner = new OnnxModelRunnerFactory(options, logger).Load(CommittedModel.Read());

        Assert.Equal(Accelerator.Cpu, runner.Accelerator);
        Assert.Contains("device 63", Assert.Single(logger.Entries).Text, StringComparison.Ordinal);
        AssertScoresLikeTheCpu(runner, tolerance: 0);
    }

    [Fact]
    public void Load_BrokenGraph_IsNoReasonToFallBack()
    {
        var options = new InferenceOptions { Accelerator = Accelerator.Cpu, AcceleratorFallback = true };
        var logger = new RecordingLogger<OnnxModelRunnerFactory>();

        Assert.Throws<ModelRefusedException>(
            () => new OnnxModelRunnerFactory(options, logger).Load(CommittedModel.PackageOf([1, 2, 3], [])));

        Assert.Empty(logger.Entries);
    }

    private static void AssertScoresLikeTheCpu(IModelRunner runner, float tolerance)
    {
        using var cpu = CommittedModel.Load();
        var expected = TestInputs.Batch(seed: 4, rows: 20);
        var actual = TestInputs.Batch(seed: 4, rows: 20);

        cpu.Step(expected);
        runner.Step(actual);

        for (var i = 0; i < 20 * ModelContract.StateWidth; i++)
        {
            Assert.Equal(expected.StateOut[i], actual.StateOut[i], tolerance);
        }
    }
}
