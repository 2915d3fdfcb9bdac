using RealtimeInsight.Host;
using RealtimeInsight.Silo.Tests.Process;

namespace RealtimeInsight.Silo.Tests.Account;

/// <summary>Azure's own clients, asked at the start of a silo, over a stand-in of the account's HTTP interface.</summary>
public sealed class AzureAccountTests
{
    private const string Key = "c2VjcmV0";

    [Fact]
    public async Task Check_TablesMadeAndContainerThere_Passes()
    {
        await using var account = await StorageStub.StartAsync();

        await AzureAccount.CheckAsync(Tables(account.Port), CancellationToken.None);
        await AzureAccount.CheckAsync(Blobs(account.Port), CancellationToken.None);

        Assert.Equal(["POST /shop/Tables", "POST /shop/Tables", "GET /shop/customers"], account.Requests);
    }

    [Fact]
    public async Task Check_TableThere_Passes()
    {
        await using var account = await StorageStub.StartAsync(409, "TableAlreadyExists");

        await AzureAccount.CheckAsync(Tables(account.Port), CancellationToken.None);
    }

    [Fact]
    public async Task Check_ContainerMissing_SaysWhichAndToCreateIt()
    {
        await using var account = await StorageStub.StartAsync(404, "ContainerNotFound");

        Assert.Equal(
            "Cluster:CustomerContainer is 'customers', and the account of Cluster:ConnectionString has none of that name (not found); "
            + "create it, or name another",
            await RefusalAsync(Blobs(account.Port)));
    }

    [Theory]
    [InlineData(true, "Cluster:SiloTable is 'RealtimeInsightSilos'")]
    [InlineData(false, "Cluster:CustomerContainer is 'customers'")]
    public async Task Check_KeyRefused_SaysSoWithoutTheKey(bool isTable, string what)
    {
        await using var account = await StorageStub.StartAsync(403, "AuthenticationFailed");

        var text = await RefusalAsync(isTable ? Tables(account.Port) : Blobs(account.Port));

        Assert.Equal(
            $"{what}, and the account of Cluster:ConnectionString refuses its key (AuthenticationFailed); copy a current one from the "
            + "account's access keys",
            text);
        Assert.DoesNotContain(Key, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_NobodyAnswers_SaysSo()
    {
        var text = await RefusalAsync(Tables(SiloProcess.FreePort()));

        Assert.StartsWith(
            "Cluster:SiloTable is 'RealtimeInsightSilos', and the account of Cluster:ConnectionString does not answer (", text,
            StringComparison.Ordinal);
        Assert.EndsWith("check the address and the network", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_ConnectionStringUnreadable_SaysSoWithoutIt()
    {
        var text = await RefusalAsync(new ClusterNodeOptions
        {
            Storage = CustomerStorage.AzureBlob, ConnectionString = "AccountName=shop;AccountKey=%",
        });

        Assert.Equal(
            "Cluster:ConnectionString cannot be read as one of a storage account (FormatException); copy one from the account's "
            + "access keys",
            text);
    }

    private static ClusterNodeOptions Tables(int port) => new()
    {
        Membership = Membership.AzureTable, Storage = CustomerStorage.AzureTable, ConnectionString = ConnectionString(port),
    };

    private static ClusterNodeOptions Blobs(int port) => new()
    {
        Storage = CustomerStorage.AzureBlob, ConnectionString = ConnectionString(port),
    };

    private static string ConnectionString(int port) => $"AccountName=shop;AccountKey={Key};DefaultEndpointsProtocol=http;"
        + $"TableEndpoint=http://127.0.0.1:{port}/shop;BlobEndpoint=http://127.0.0.1:{port}/shop";

    private static async Task<string> RefusalAsync(ClusterNodeOptions options) =>
        (await Assert.ThrowsAsync<SetupException>(() => AzureAccount.CheckAsync(options, CancellationToken.None))).Message;
}
