using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Inference.Lifecycle;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Onnx;
using RealtimeInsight.Inference.Pool;

namespace RealtimeInsight.Host.Models;

/// <summary>
/// The inference pool and the registry that decides what it serves, composed the same way for the engine and for the command line.
/// </summary>
internal static class ModelSetup
{
    /// <summary>Folder of registered versions, within the data folder.</summary>
    private const string RegisteredFolder = "models";

    /// <param name="dataDirectory">Holds the plan and the registered versions.</param>
    public static (InferencePool Pool, ModelRegistry Registry) Create(
        InferenceOptions options, string dataDirectory, IMeterFactory meters, ILoggerFactory loggers, TimeProvider time)
    {
        var pool = new InferencePool(options, new InferenceInstruments(meters), time, loggers.CreateLogger<InferencePool>());
        var registry = new ModelRegistry(
            pool,
            new ModelRepository(options.ModelsDirectory, FeatureSchema.Hash),
            Repository(options, dataDirectory),
            new OnnxModelRunnerFactory(options, loggers.CreateLogger<OnnxModelRunnerFactory>()),
            new ServingPlanFile(Path.Combine(dataDirectory, ServingPlanFile.FileName)),
            options,
            loggers.CreateLogger<ModelRegistry>());
        return (pool, registry);
    }

    /// <summary>The versions that ship, and those registered since.</summary>
    public static ModelRepository Repository(InferenceOptions options, string dataDirectory) =>
        new(options.ModelsDirectory, FeatureSchema.Hash, Path.Combine(dataDirectory, RegisteredFolder));
}
