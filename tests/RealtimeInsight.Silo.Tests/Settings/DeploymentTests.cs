using System.Text.RegularExpressions;
using RealtimeInsight.Tests;

namespace RealtimeInsight.Silo.Tests.Settings;

/// <summary>What the deployment files set is what a silo takes.</summary>
public sealed partial class DeploymentTests
{
    [Fact]
    public void Kubernetes_Settings_AreThoseOfASilo()
    {
        var settings = SiloSettings.Read([.. Arguments("kubernetes/cluster/settings.yaml")]);

        Assert.True(settings.Cluster.IsOnKubernetes);
        Assert.Equal((Membership.AzureTable, CustomerStorage.AzureBlob), (settings.Cluster.Membership, settings.Cluster.Storage));
        Assert.Equal(("clicks", 32), (settings.Host.HubReader.Hub, settings.Host.HubReader.Partitions));
    }

    [Fact]
    public void Compose_Settings_AreThoseOfASilo()
    {
        var settings = SiloSettings.Read(
        [
            .. Arguments("docker/compose.yaml").Where(static one => !one.Contains("${", StringComparison.Ordinal)),
            "--Cluster:ConnectionString=AccountName=a;AccountKey=b", "--HubReader:ConnectionString=Endpoint=sb://event-hubs/",
            "--HubReader:CheckpointConnectionString=AccountName=a;AccountKey=b",
        ]);

        Assert.Equal("172.31.111.12", settings.Cluster.Address);
        Assert.Equal(4, settings.Host.HubReader.Partitions);
    }

    private static IEnumerable<string> Arguments(string file) =>
        Setting().Matches(File.ReadAllText(Path.Combine(Repository.Root, "infra", file))).Select(static found =>
            $"--{found.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal)}={found.Groups[2].Value.Trim('"')}");

    [GeneratedRegex(@"^ +REALTIME_INSIGHT_(\w+): (\S+)", RegexOptions.Multiline)]
    private static partial Regex Setting();
}
