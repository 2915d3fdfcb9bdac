#if HAS_ORLEANS
namespace RealtimeInsight.Orleans.Contracts.Tests;

public sealed class ContractVersionTests
{
    [Fact]
    public void Check_CurrentVersion_Passes() => ContractVersion.Check(ContractVersion.Current, "the event batch");

    [Theory]
    [InlineData(ContractVersion.Current + 1, "upgrade the silos")]
    [InlineData(ContractVersion.Oldest - 1, "upgrade the caller")]
    public void Check_VersionThatIsNotRead_SaysWhatToDo(int version, string cure)
    {
        var refused = Assert.Throws<ContractVersionException>(() => ContractVersion.Check(version, "the event batch"));

        Assert.Contains($"the event batch has contract version {version}", refused.Message, StringComparison.Ordinal);
        Assert.Contains(cure, refused.Message, StringComparison.Ordinal);
    }
}
#endif
