using System.Reflection;

namespace RealtimeInsight.Orleans.Contracts.Tests;

public sealed class AssemblyTests
{
    private static readonly Assembly s_contracts = Assembly.Load("RealtimeInsight.Orleans.Contracts");

#if HAS_ORLEANS
    [Fact]
    public void Assembly_WithOrleans_HasTheGrainInterfaces()
    {
        Assert.Equal(
            ["ICampaignBudgetGrain", "ICustomerGrain", "IInferenceGrain", "IProductGrain"],
            s_contracts.GetExportedTypes().Where(static type => type.IsInterface).Select(static type => type.Name).Order());
    }
#else
    [Fact]
    public void Assembly_WithoutOrleans_IsEmpty()
    {
        Assert.Empty(s_contracts.GetExportedTypes());
        Assert.DoesNotContain(
            s_contracts.GetReferencedAssemblies(), static name => name.Name!.StartsWith("Orleans", StringComparison.Ordinal));
    }
#endif

    [Fact]
    public void Assembly_References_OnlyDomainOfTheProduct()
    {
        Assert.DoesNotContain(
            s_contracts.GetReferencedAssemblies(),
            static name => name.Name!.StartsWith("RealtimeInsight.", StringComparison.Ordinal) && name.Name != "RealtimeInsight.Domain");
    }
}
