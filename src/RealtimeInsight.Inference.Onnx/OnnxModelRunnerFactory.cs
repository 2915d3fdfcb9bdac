using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Onnx;

/// <summary>Loads models into ONNX Runtime, on the accelerator that the options name.</summary>
public sealed partial class OnnxModelRunnerFactory : IModelRunnerFactory
{
    private readonly InferenceOptions _options;
    private readonly ILogger<OnnxModelRunnerFactory> _logger;

    public OnnxModelRunnerFactory(InferenceOptions options, ILogger<OnnxModelRunnerFactory> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        _options = options;
        _logger = logger;
    }

    public IModelRunner Load(ModelPackage package)
    {
        ArgumentNullException.ThrowIfNull(package);
        var accelerator = _options.Accelerator;
        try
        {
            return Load(package, accelerator, _options.CudaGraphs && accelerator == Accelerator.Cuda);
        }
        catch (ModelRefusedException refused) when (refused.Reason == ModelRefusal.Accelerator && _options.AcceleratorFallback)
        {
            LogFallback(_logger, accelerator, refused.Message);
            return Load(package, Accelerator.Cpu, capturesGraphs: false);
        }
    }

    /// <param name="capturesGraphs">
    /// Steps are run as captured graphs are, whatever the accelerator: on the CPU nothing is captured, and all else is the same.
    /// </param>
    internal IModelRunner Load(ModelPackage package, Accelerator accelerator, bool capturesGraphs)
    {
        if (accelerator == Accelerator.Cpu && !capturesGraphs) return Open(package, accelerator, capturesGraphs);
        IModelRunner? runner = null;
        DeviceThread.Run(() => runner = Open(package, accelerator, capturesGraphs));
        return new DeviceThreadRunner(runner!);
    }

    private OnnxModelRunner Open(ModelPackage package, Accelerator accelerator, bool capturesGraphs)
    {
        InferenceSession? step = null;
        InferenceSession? fold = null;
        try
        {
            var place = $"{package.Identity}/{ModelGraphs.StepFile}";
            InferenceSession OpenStep() => Open(package.Step, place, accelerator, capturesGraphs);
            step = OpenStep();
            GraphContract.CheckStep(step, place);
            var foldPlace = $"{package.Identity}/{ModelGraphs.FoldFile}";
            fold = Open(package.Fold, foldPlace, accelerator, capturesGraphs: false);
            GraphContract.CheckFold(fold, foldPlace);
            var fixedSteps = capturesGraphs ? new FixedRuns(step, OpenStep, accelerator, _options.CudaDevice) : null;
            return new OnnxModelRunner(package.Manifest, accelerator, step, fold, fixedSteps);
        }
        catch
        {
            step?.Dispose();
            fold?.Dispose();
            throw;
        }
    }

    private InferenceSession Open(ReadOnlyMemory<byte> graph, string place, Accelerator accelerator, bool capturesGraphs)
    {
        try
        {
            using var options = SessionSettings.Create(accelerator, _options.CudaDevice, capturesGraphs);
            return new InferenceSession(graph.ToArray(), options);
        }
        catch (Exception error) when (IsFromRuntime(error))
        {
            // What the CPU reads is no fault of the graph: there is no such device, it is full, or it cannot capture the graph.
            if (accelerator == Accelerator.Cuda)
            {
                Open(graph, place, Accelerator.Cpu, capturesGraphs: false).Dispose();
                throw SessionSettings.CudaRefused(_options.CudaDevice, capturesGraphs, error.Message, error);
            }

            throw new ModelRefusedException(ModelRefusal.Graph,
                $"{place} cannot be loaded: {error.Message} It has to be an ONNX graph that this ONNX Runtime reads. Export it again.",
                error);
        }
    }

    /// <summary>The runtime's own errors, and those of a native library that is missing, too old or for another machine.</summary>
    internal static bool IsFromRuntime(Exception error) => error
        is OnnxRuntimeException or DllNotFoundException or EntryPointNotFoundException or BadImageFormatException
        or TypeInitializationException;

    [LoggerMessage(2100, LogLevel.Warning, "{Accelerator} is not usable, models run on the CPU: {Problem}")]
    private static partial void LogFallback(ILogger logger, Accelerator accelerator, string problem);
}
