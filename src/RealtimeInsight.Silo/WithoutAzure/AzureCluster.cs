using RealtimeInsight.Host;

namespace RealtimeInsight.Silo;

/// <summary>Stands in where Orleans' providers for Azure could not be restored: a silo that is to use them does not start.</summary>
internal static class AzureCluster
{
    public static void Join(ISiloBuilder silo, ClusterNodeOptions options) => throw Missing($"Cluster:Membership is {options.Membership}");

    public static void Keep(ISiloBuilder silo, string name, ClusterNodeOptions options) =>
        throw Missing($"Cluster:Storage is {options.Storage}");

    public static Task CheckAsync(ClusterNodeOptions options, CancellationToken cancellationToken) =>
        options.UsesAzure ? throw Missing("the settings of Cluster name an account") : Task.CompletedTask;

    private static SetupException Missing(string what) => new(
        $"{what}, and this build has no Azure Storage: the package registry that it was built with does not serve Orleans' providers; "
        + "add a registry that does, run ./insight setup --again and build again, or use localhost and memory");
}
