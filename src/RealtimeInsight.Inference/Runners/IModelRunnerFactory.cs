using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Inference.Runners;

/// <summary>Loads models into one runtime. Thread-safe.</summary>
public interface IModelRunnerFactory
{
    /// <summary>Loads a version; the caller owns the runner.</summary>
    /// <exception cref="ModelRefusedException">The runtime cannot load it, or its graphs are not those of the contract.</exception>
    IModelRunner Load(ModelPackage package);
}
