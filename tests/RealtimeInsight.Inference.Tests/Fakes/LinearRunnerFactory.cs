using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Tests.Fakes;

/// <summary>Loads linear models; a test may spoil the runners of chosen versions.</summary>
public sealed class LinearRunnerFactory : IModelRunnerFactory
{
    public List<string> Loaded { get; } = [];

    public Dictionary<string, Action<LinearModelRunner>> Spoilers { get; } = [];

    public IModelRunner Load(ModelPackage package)
    {
        ArgumentNullException.ThrowIfNull(package);
        Loaded.Add(package.Manifest.Version);
        var runner = new LinearModelRunner(package.Manifest);
        if (Spoilers.TryGetValue(package.Manifest.Version, out var spoil)) spoil(runner);
        return runner;
    }
}
