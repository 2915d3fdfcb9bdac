using RealtimeInsight.TestKit.Conformance;

namespace RealtimeInsight.Orleans.Tests.Port;

/// <summary>The suite of the engine's port on a cluster of two silos.</summary>
public sealed class ClusterConformanceTests : EngineConformance
{
    protected override Task<IEngineUnderTest> OpenAsync() => ClusterUnderTest.OpenAsync();
}
