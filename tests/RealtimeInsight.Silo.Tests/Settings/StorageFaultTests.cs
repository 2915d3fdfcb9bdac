namespace RealtimeInsight.Silo.Tests.Settings;

public sealed class StorageFaultTests
{
    private static readonly ClusterNodeOptions s_secret = new() { ConnectionString = "AccountName=shop;AccountKey=c2VjcmV0" };

    private static readonly ClusterNodeOptions s_identity = new()
    {
        TableAddress = "https://shop.table.core.windows.net", BlobAddress = "https://shop.blob.core.windows.net",
    };

    [Theory]
    [InlineData("CustomerContainer", 404, "has none of that name (ContainerNotFound); create it")]
    [InlineData("CustomerContainer", 403, "give it the role Storage Blob Data Contributor on https://shop.blob.core.windows.net")]
    [InlineData("SiloTable", 403, "give it the role Storage Table Data Contributor on https://shop.table.core.windows.net")]
    [InlineData("SiloTable", 0, "does not answer (ContainerNotFound); check the address and the network")]
    [InlineData("SiloTable", 500, "answers 500 (ContainerNotFound)")]
    public void Of_AnAnswer_SaysSettingValueRuleAndCure(string setting, int status, string cure)
    {
        var text = StorageFault.Of(s_identity, setting, "name-1", status, "ContainerNotFound");

        Assert.StartsWith($"Cluster:{setting} is 'name-1', and ", text, StringComparison.Ordinal);
        Assert.Contains(cure, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_AWrongKey_NamesTheSettingAndNotTheKey()
    {
        var text = StorageFault.Of(s_secret, "SiloTable", "silos", 403, "AuthenticationFailed")
            + StorageFault.OfConnectionString("FormatException");

        Assert.Contains("the account of Cluster:ConnectionString refuses its key", text, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", text, StringComparison.Ordinal);
    }
}
