using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Inference.Runners;
using RealtimeInsight.Inference.Tests.Fakes;
using Xunit.Abstractions;

namespace RealtimeInsight.Inference.Onnx.Tests;

/// <summary>Captured graphs on the device itself.</summary>
public sealed class CudaGraphTests(ITestOutputHelper output)
{
    private const float Tolerance = 1e-3f;
    private const int TimedRuns = 200;

    [CudaFact]
    public void Step_CapturedAndNot_GiveTheSameScores()
    {
        using var captured = Load(cudaGraphs: true);
        using var plain = Load(cudaGraphs: false);
        foreach (var rows in (ReadOnlySpan<int>)[1, 16, 64])
        {
            // The first runs capture, the later ones replay: each has inputs of its own.
            for (var seed = 0; seed < 5; seed++)
            {
                var expected = TestInputs.Batch(seed, rows);
                var actual = TestInputs.Batch(seed, rows);
                plain.Step(expected);
                captured.Step(actual);
                AssertClose(expected.StateOut, actual.StateOut);
                AssertClose(expected.Churn, actual.Churn);
                AssertClose(expected.Abandonment, actual.Abandonment);
                AssertClose(expected.Purchase, actual.Purchase);
                AssertClose(expected.ItemQuery, actual.ItemQuery);
            }

            var (without, with) = (Fastest(plain, rows), Fastest(captured, rows));
            output.WriteLine($"{rows} rows: {without.TotalMicroseconds:0.0} us, captured {with.TotalMicroseconds:0.0} us, "
                + $"{without / with:0.00} times as fast");
        }
    }

    [Fact]
    public void Load_DeviceThatIsNotThere_IsRefusedOrFallsBackToTheCpuWithoutGraphs()
    {
        var options = new InferenceOptions
        {
            Accelerator = Accelerator.Cuda, CudaDevice = 63, CudaGraphs = true, AcceleratorFallback = true,
        };
        var batch = TestInputs.Batch(seed: 1, rows: 4);
        var expected = TestInputs.Batch(seed: 1, rows: 4);

        using var runner = CommittedModel.Factory(options).Load(CommittedModel.Read());
        using var cpu = CommittedModel.Load();
        runner.Step(batch);
        cpu.Step(expected);

        Assert.Equal(Accelerator.Cpu, runner.Accelerator);
        Assert.IsType<OnnxModelRunner>(runner);
        Assert.Equal(expected.StateOut, batch.StateOut);
        options.AcceleratorFallback = false;
        var refused = Assert.Throws<ModelRefusedException>(() => CommittedModel.Factory(options).Load(CommittedModel.Read()));
        Assert.Equal(ModelRefusal.Accelerator, refused.Reason);
        Assert.Contains("CudaGraphs=true needs a graph without If, Loop and Scan", refused.Message, StringComparison.Ordinal);
        Assert.Contains("set CudaGraphs=false", refused.Message, StringComparison.Ordinal);
    }

    private static IModelRunner Load(bool cudaGraphs)
    {
        var options = new InferenceOptions { Accelerator = Accelerator.Cuda, CudaGraphs = cudaGraphs };
        return CommittedModel.Factory(options).Load(CommittedModel.Read());
    }

    private static TimeSpan Fastest(IModelRunner runner, int rows)
    {
        var batch = TestInputs.Batch(seed: 1, rows);
        var fastest = TimeSpan.MaxValue;
        for (var run = 0; run < TimedRuns; run++)
        {
            var started = TimeProvider.System.GetTimestamp();
            runner.Step(batch);
            var elapsed = TimeProvider.System.GetElapsedTime(started);
            if (elapsed < fastest) fastest = elapsed;
        }

        return fastest;
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], Tolerance);
    }
}
