using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Onnx;

/// <summary>
/// Session options for many callers of small graphs: each caller computes on its own thread (no thread pool of the session), nodes run in
/// order, and all graph optimisations are on. Two callers of one session are faster than one caller with two threads.
/// </summary>
internal static class SessionSettings
{
    /// <param name="capturesGraphs">Only CUDA does; then every run has to be a <see cref="FixedRun"/>.</param>
    public static SessionOptions Create(Accelerator accelerator, int cudaDevice, bool capturesGraphs)
    {
        var options = new SessionOptions();
        try
        {
            options.IntraOpNumThreads = 1;
            options.InterOpNumThreads = 1;
            options.ExecutionMode = ExecutionMode.ORT_SEQUENTIAL;
            options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL;
            options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
            if (accelerator == Accelerator.Cuda)
            {
                AppendCuda(options, cudaDevice, capturesGraphs);
            }

            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }

    private static void AppendCuda(SessionOptions options, int device, bool capturesGraphs)
    {
        try
        {
            using var cuda = new OrtCUDAProviderOptions();
            cuda.UpdateOptions(new Dictionary<string, string>
            {
                ["device_id"] = device.ToString(CultureInfo.InvariantCulture),
                ["enable_cuda_graph"] = capturesGraphs ? "1" : "0",
            });
            options.AppendExecutionProvider_CUDA(cuda);
        }
        catch (Exception error) when (OnnxModelRunnerFactory.IsFromRuntime(error))
        {
            throw CudaRefused(device, capturesGraphs, error);
        }
    }

    public static ModelRefusedException CudaRefused(int device, bool capturesGraphs, Exception error)
    {
        var (rule, cure) = capturesGraphs
            ? ("; CudaGraphs=true needs a graph without If, Loop and Scan, too, all of whose nodes run on CUDA", "set CudaGraphs=false, ")
            : ("", "");
        return new ModelRefusedException(ModelRefusal.Accelerator,
            $"Accelerator=cuda, device {device}, is not usable: {error.Message} It needs a build with -p:Accelerator=cuda, an NVIDIA "
            + $"driver and the CUDA libraries{rule}. Install them, {cure}set Accelerator=cpu, or set AcceleratorFallback=true to run on "
            + "the CPU.",
            error);
    }
}
