using System.Reflection;

namespace RealtimeInsight.Orleans.Tests;

public sealed class AssemblyTests
{
    private static readonly Assembly s_grains = Assembly.Load("RealtimeInsight.Orleans");

#if HAS_ORLEANS
    [Fact]
    public void Assembly_WithOrleans_OffersTheSiloExtensionAndTheEngineOnly()
    {
        // What Orleans generates is public; everything else that a host needs is here.
        Assert.Equal(
            ["ClusterSettings", "CustomerGrainOptions", "GrainEngine", "SiloHosting", "SiloWatch"],
            s_grains.GetExportedTypes()
                .Where(static type => type.Namespace == "RealtimeInsight.Orleans").Select(static type => type.Name).Order());
    }
#else
    [Fact]
    public void Assembly_WithoutOrleans_IsEmpty()
    {
        Assert.Empty(s_grains.GetExportedTypes());
        Assert.DoesNotContain(
            s_grains.GetReferencedAssemblies(), static name => name.Name!.StartsWith("Orleans", StringComparison.Ordinal));
    }
#endif
}
