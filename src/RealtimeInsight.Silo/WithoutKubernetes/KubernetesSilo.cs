using RealtimeInsight.Host;

namespace RealtimeInsight.Silo;

/// <summary>Stands in where Orleans' hosting for Kubernetes could not be restored: a silo that is to use it does not start.</summary>
internal static class KubernetesSilo
{
    /// <exception cref="SetupException">Always.</exception>
    public static void Join(ISiloBuilder silo) => throw new SetupException(
        "Cluster:IsOnKubernetes is true, and this build has no hosting for Kubernetes: the package registry that it was built with does "
        + "not serve Microsoft.Orleans.Hosting.Kubernetes; add a registry that does, run ./insight setup --again and build again, or "
        + "set it to false and give Cluster:Address");

    public static string? Explain(Exception fault) => null;
}
