using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Inference.Runners;
using RealtimeInsight.Inference.Tests.Fakes;
using Xunit.Abstractions;

namespace RealtimeInsight.Inference.Onnx.Tests;

/// <summary>Captured graphs on the device itself.</summary>
public sealed class CudaGraphTests(ITestOutputHelper output)
{
    private const float Tolerance = 1e-4f;
    private const int TimedRuns = 200;
    private const int Callers = 4;
    private static readonly int[] s_rows = [1, 16, 3, 64, 40, 256];

    [CudaFact]
    public void Step_CapturedAndNot_GiveTheSameScores()
    {
        using var captured = Load(cudaGraphs: true);
        using var plain = Load(cudaGraphs: false);

        // The first runs of a size capture, the later ones replay, after captures and replays of other sizes; each has inputs of its own.
        for (var seed = 0; seed < 20; seed++)
        {
            foreach (var rows in s_rows)
            {
                var expected = TestInputs.Batch(seed, rows);
                var actual = TestInputs.Batch(seed, rows);
                plain.Step(expected);
                captured.Step(actual);
                AssertClose(expected, actual);
            }
        }

        foreach (var rows in s_rows)
        {
            var (without, with) = (Fastest(plain, rows), Fastest(captured, rows));
            output.WriteLine($"{rows} rows: {without.TotalMicroseconds:0.0} us, captured {with.TotalMicroseconds:0.0} us, "
                + $"{without / with:0.00} times as fast");
        }
    }

    [CudaFact]
    public void Step_OfManyCallersBesideFolds_GivesEachItsOwnScores()
    {
        using var captured = Load(cudaGraphs: true);
        using var cpu = CommittedModel.Load();
        Parallel.For(0, Callers, caller =>
        {
            var fold = TestInputs.Sequence(caller, length: 5);
            for (var run = 0; run < TimedRuns; run++)
            {
                var rows = s_rows[(run + caller) % s_rows.Length];
                var expected = TestInputs.Batch(seed: (caller * TimedRuns) + run, rows);
                var actual = TestInputs.Batch(seed: (caller * TimedRuns) + run, rows);
                cpu.Step(expected);
                captured.Step(actual);
                AssertClose(expected, actual);
                if (run % 10 == 0) captured.Fold(fold);
            }
        });
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

    private static void AssertClose(ScoreBatch expected, ScoreBatch actual)
    {
        AssertClose(expected.StateOut, actual.StateOut);
        AssertClose(expected.Churn, actual.Churn);
        AssertClose(expected.Abandonment, actual.Abandonment);
        AssertClose(expected.Purchase, actual.Purchase);
        AssertClose(expected.ItemQuery, actual.ItemQuery);
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], Tolerance * (1 + MathF.Abs(expected[i])));
    }
}
