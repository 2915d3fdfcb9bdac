using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Onnx.Tests;

/// <summary>A test that runs on a CUDA device; skipped where the runtime finds none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CudaFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> s_isThere = new(IsThere);

    public CudaFactAttribute()
    {
        if (!s_isThere.Value) Skip = "Needs hardware: a CUDA device, in a build with -p:Accelerator=cuda";
    }

    private static bool IsThere()
    {
        try
        {
            CommittedModel.Factory(new InferenceOptions { Accelerator = Accelerator.Cuda }).Load(CommittedModel.Read()).Dispose();
            return true;
        }
        catch (ModelRefusedException)
        {
            return false;
        }
    }
}
