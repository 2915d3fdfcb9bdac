namespace RealtimeInsight.Samples.OrderService.Tests;

public sealed class ProgramTests
{
    [Fact]
    public void Assembly_OfRealtimeInsight_ReferencesTheContractsAlone() => Assert.DoesNotContain(
        typeof(Program).Assembly.GetReferencedAssemblies().Select(static name => name.Name!),
        static name => name.StartsWith("RealtimeInsight.", StringComparison.Ordinal)
            && name is not ("RealtimeInsight.Orleans.Contracts" or "RealtimeInsight.Domain"));

#if !HAS_ORLEANS
    [Fact]
    public async Task Main_WithoutOrleans_EndsWithTwo() => Assert.Equal(2, await Program.Main([]));
#endif
}
