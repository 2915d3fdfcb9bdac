using RealtimeInsight.TestKit.Conformance;

namespace RealtimeInsight.Engine.Tests.Embedded;

public sealed class EmbeddedConformanceTests : EngineConformance
{
    protected override Task<IEngineUnderTest> OpenAsync() => EmbeddedUnderTest.OpenAsync();
}
