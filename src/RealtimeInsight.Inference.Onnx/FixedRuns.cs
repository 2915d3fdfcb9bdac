using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Onnx;

/// <summary>
/// The fixed runs of one session, one for each number of rows, made when first used and shared by all batches. The rows are the name of
/// the captured graph too. Not thread-safe.
/// </summary>
internal sealed class FixedRuns : IDisposable
{
    /// <summary>Under this name the runtime has the CUDA library's copies outside of a session.</summary>
    private const string CudaLibraryName = "RealtimeInsight.Cuda";

    private static bool s_isCudaLibraryRegistered;

    private readonly InferenceSession _session;
    private readonly Accelerator _accelerator;
    private readonly OrtAllocator _allocator;
    private readonly Dictionary<int, FixedRun> _byRows = [];

    /// <exception cref="ModelRefusedException">Values cannot be copied into the accelerator's memory and back.</exception>
    public FixedRuns(InferenceSession session, Accelerator accelerator, int cudaDevice)
    {
        _session = session;
        _accelerator = accelerator;
        OrtAllocator? allocator = null;
        try
        {
            if (accelerator == Accelerator.Cuda) RegisterCudaLibrary();
            using var memory = accelerator == Accelerator.Cuda
                ? new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, cudaDevice, OrtMemType.Default)
                : new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);
            allocator = new OrtAllocator(session, memory);
            RequireCopies(allocator, accelerator);
            _allocator = allocator;
        }
        catch (Exception error) when (OnnxModelRunnerFactory.IsFromRuntime(error))
        {
            allocator?.Dispose();
            throw new ModelRefusedException(ModelRefusal.Accelerator,
                $"CudaGraphs=true is not usable: {error.Message} Values have to be copied to the device and back outside of a run, which "
                + "needs the CUDA library of ONNX Runtime 1.23 or newer. Install it, or set CudaGraphs=false.",
                error);
        }
    }

    public FixedRun For(BoundRun host, int rows)
    {
        if (!_byRows.TryGetValue(rows, out var run))
        {
            _byRows.Add(rows, run = new FixedRun(_session, _accelerator, _allocator, host, graphId: rows));
        }

        return run;
    }

    public void Dispose()
    {
        foreach (var run in _byRows.Values) run.Dispose();
        _byRows.Clear();
        _allocator.Dispose();
    }

    /// <summary>A session has its provider's copies to itself. Once a process, on the <see cref="DeviceThread"/>.</summary>
    private static void RegisterCudaLibrary()
    {
        if (s_isCudaLibraryRegistered) return;

        // A name without a folder is looked for beside ONNX Runtime itself.
        OrtEnv.Instance().RegisterExecutionProviderLibrary(
            CudaLibraryName, OperatingSystem.IsWindows() ? "onnxruntime_providers_cuda.dll" : "libonnxruntime_providers_cuda.so");
        s_isCudaLibraryRegistered = true;
    }

    /// <summary>So that a runtime that cannot copy is known when the model is loaded, by its reason.</summary>
    private static void RequireCopies(OrtAllocator allocator, Accelerator accelerator)
    {
        long[] shape = [1];
        using var there = OrtValue.CreateAllocatedTensorValue(allocator, TensorElementType.Float, shape);
        using var here = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, shape);
        here.GetTensorMutableDataAsSpan<float>()[0] = 1;
        FixedRun.Copy([here], [there], accelerator);
        FixedRun.Copy([there], [here], accelerator);
    }
}
