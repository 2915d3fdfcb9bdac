using RealtimeInsight.Inference.Runners;
using RealtimeInsight.Inference.Tests.Fakes;

namespace RealtimeInsight.Inference.Tests.Conformance;

/// <summary>The test double keeps to the port like the real thing.</summary>
public sealed class LinearModelRunnerTests : ModelRunnerConformance
{
    protected override IModelRunner Load() => new LinearModelRunner();
}
