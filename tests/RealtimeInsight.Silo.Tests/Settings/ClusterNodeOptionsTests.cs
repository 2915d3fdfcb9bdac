namespace RealtimeInsight.Silo.Tests.Settings;

public sealed class ClusterNodeOptionsTests
{
    private const string Secret = "c2VjcmV0LWtleQ==";
    private const string Connection = $"DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={Secret}";

    public static TheoryData<Action<ClusterNodeOptions>, string> Wrong => new()
    {
        { static options => options.Membership = (Membership)7, "Cluster:Membership is 7; use localhost or azuretable" },
        { static options => options.Storage = (CustomerStorage)7, "Cluster:Storage is 7; use memory, azuretable or azureblob" },
        { static options => options.ServiceId = "", "Cluster:ServiceId is ''; use 1 to 63" },
        { static options => options.ServiceId = "Shop", "Cluster:ServiceId is 'Shop'" },
        { static options => options.ClusterId = new string('a', 64), "Cluster:ClusterId is 'aaa" },
        { static options => options.SiloPort = 0, "Cluster:SiloPort is 0; use 1 to 65535" },
        { static options => options.GatewayPort = 65_536, "Cluster:GatewayPort is 65536; use 0 to 65535" },
        { static options => options.FirstSiloPort = -1, "Cluster:FirstSiloPort is -1" },
        { static options => options.GatewayPort = options.SiloPort, "are both 11111; use two ports" },
        { static options => options.FirstSiloPort = 11_111, "which counts for localhost alone" },
        { static options => options.Address = "", "Cluster:Address is ''; give the IP address" },
        { static options => options.Address = "0.0.0.0", "Cluster:Address is '0.0.0.0'" },
        { static options => options.ConnectionString = Secret, "Cluster:ConnectionString is none of a storage account" },
        { static options => options.ConnectionString = $"AccountKey={Secret}", "Cluster:ConnectionString is none of a storage account" },
        { static options => options.BlobAddress = "https://shop.blob.core.windows.net", "give one of the two" },
        { static options => options.ConnectionString = "", "Cluster:BlobAddress is no https address" },
        { static options => options.ConnectionString = "", "Cluster:TableAddress is no https address" },
        { static options => options.SiloTable = "1st", "Cluster:SiloTable is '1st'; use 3 to 63 of letters and digits" },
        { static options => options.CustomerContainer = "Customers", "Cluster:CustomerContainer is 'Customers'" },
        { static options => options.Labels["device"] = "", "Cluster:Labels:device has a value of 0 characters" },
        { static options => AddLabels(options), "Cluster:Labels has 17 entries; use at most 16" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_WrongValue_IsNamedWithItsRuleAndNoSecret(Action<ClusterNodeOptions> change, string problem)
    {
        ArgumentNullException.ThrowIfNull(change);
        var options = OnAzure();
        change(options);

        var problems = ClusterNodeOptions.Validate(options);

        Assert.Contains(problems, found => found.StartsWith(problem, StringComparison.Ordinal)
            || found.Contains(problem, StringComparison.Ordinal));
        Assert.DoesNotContain(problems, static found => found.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_AddressesThatLocalhostHasNoUseFor_AreRefused()
    {
        var problems = ClusterNodeOptions.Validate(new ClusterNodeOptions { Address = "10.0.0.7", IsOnKubernetes = true });

        Assert.Equal(2, problems.Count);
        Assert.Contains("leave it out", problems[0], StringComparison.Ordinal);
        Assert.Contains("Cluster:IsOnKubernetes is true with localhost", problems[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_DefaultsAccountsAndIdentities_AreInOrder()
    {
        Assert.Empty(ClusterNodeOptions.Validate(new ClusterNodeOptions()));
        Assert.Empty(ClusterNodeOptions.Validate(OnAzure()));
        Assert.Empty(ClusterNodeOptions.Validate(new ClusterNodeOptions
        {
            Membership = Membership.AzureTable, Storage = CustomerStorage.AzureTable, IsOnKubernetes = true, GatewayPort = 0,
            TableAddress = "https://shop.table.core.windows.net", Labels = { ["device"] = "gpu" },
        }));
    }

    private static void AddLabels(ClusterNodeOptions options)
    {
        for (var i = 0; i <= ClusterNodeOptions.LabelsMax; i++) options.Labels[$"l{i}"] = "x";
    }

    private static ClusterNodeOptions OnAzure() => new()
    {
        Membership = Membership.AzureTable, Storage = CustomerStorage.AzureBlob, Address = "10.0.0.7", ConnectionString = Connection,
    };
}
