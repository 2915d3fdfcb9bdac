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
        var number = device.ToString(CultureInfo.InvariantCulture);
        var settings = new Dictionary<string, string>
        {
            ["enable_cuda_graph"] = capturesGraphs ? "1" : "0",

            // Products of matrices in full single precision, as on the CPU: scores must not depend on where they are made.
            ["use_tf32"] = "0",
        };
        try
        {
            if (CudaLibrary.IsBuiltIn)
            {
                using var cuda = new OrtCUDAProviderOptions();
                settings.Add(CudaLibrary.DeviceOption, number);
                cuda.UpdateOptions(settings);
                options.AppendExecutionProvider_CUDA(cuda);
                return;
            }

            var devices = CudaLibrary.Devices();
            var found = devices.FirstOrDefault(known => known.Number == number).Device
                ?? throw CudaRefused(device, capturesGraphs, $"ONNX Runtime finds {Numbers(devices)}");
            options.AppendExecutionProvider(OrtEnv.Instance(), [found], settings);
        }
        catch (Exception error) when (OnnxModelRunnerFactory.IsFromRuntime(error))
        {
            throw CudaRefused(device, capturesGraphs, error.Message, error);
        }
    }

    private static string Numbers(IReadOnlyList<(string Number, OrtEpDevice Device)> devices) =>
        devices.Count == 0 ? "no CUDA device" : "only " + string.Join(", ", devices.Select(static known => known.Number));

    public static ModelRefusedException CudaRefused(int device, bool capturesGraphs, string problem, Exception? error = null)
    {
        var (rule, cure) = capturesGraphs
            ? ("; CudaGraphs=true needs a graph without If, Loop and Scan, too, all of whose nodes run on CUDA", "set CudaGraphs=false, ")
            : ("", "");
        return new ModelRefusedException(ModelRefusal.Accelerator,
            $"Accelerator=cuda, device {device}, is not usable: {problem.TrimEnd('.')}. It needs a build with -p:Accelerator=cuda, an "
            + $"NVIDIA driver and the CUDA libraries{rule}. Install them, {cure}set Accelerator=cpu, or set AcceleratorFallback=true to "
            + "run on the CPU.",
            error);
    }
}
