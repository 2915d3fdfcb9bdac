using RealtimeInsight.Engine.Port;
using RealtimeInsight.Host;
using RealtimeInsight.Inference.Lifecycle;
using RealtimeInsight.Orleans;

namespace RealtimeInsight.Silo;

/// <summary>The cluster as this silo's host sees it. It lives as long as the silo, which nothing here ends.</summary>
internal sealed class ClusterEngine(GrainEngine engine, SiloModels models) : IRunningEngine
{
    public ICustomerEngine Engine => engine;

    public ModelRegistry Models => models.Registry;

    public IReadOnlyList<string> Problems =>
        models.Pool.Problem is { } problem ? [problem, .. models.Registry.Problems] : models.Registry.Problems;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
