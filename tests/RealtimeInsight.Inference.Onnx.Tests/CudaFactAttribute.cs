using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Onnx.Tests;

/// <summary>A test that runs on a CUDA device; skipped where the runtime finds none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CudaFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> s_problem = new(Problem);

    public CudaFactAttribute()
    {
        if (s_problem.Value is { } problem) Skip = $"Needs hardware: a CUDA device, in a build with -p:Accelerator=cuda. {problem}";
    }

    private static string? Problem()
    {
        try
        {
            CommittedModel.Factory(new InferenceOptions { Accelerator = Accelerator.Cuda }).Load(CommittedModel.Read()).Dispose();
            return null;
        }
        catch (ModelRefusedException refused)
        {
            return refused.Message;
        }
    }
}
