using System.Net;
using k8s.Exceptions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting.Kubernetes;

namespace RealtimeInsight.Silo;

/// <summary>A silo that Kubernetes runs: the pod tells its name and address, and Kubernetes which silos are gone.</summary>
internal static class KubernetesSilo
{
    public static void Join(ISiloBuilder silo)
    {
        silo.UseKubernetesHosting();
        var pod = Environment.GetEnvironmentVariable(KubernetesHostingOptions.PodIPEnvironmentVariable);
        // Orleans picks one of the machine's addresses itself before its hosting can give the pod's.
        if (IPAddress.TryParse(pod, out var address)) silo.Configure<EndpointOptions>(options => options.AdvertisedIPAddress = address);
    }

    /// <summary>Null for a fault that has nothing to do with Kubernetes.</summary>
    public static string? Explain(Exception fault)
    {
        var isNoPod = fault is KubeConfigException
            || (fault is OptionsValidationException wrong && wrong.OptionsType == typeof(KubernetesHostingOptions));
        return isNoPod
            ? $"Cluster:IsOnKubernetes is true, and Kubernetes does not tell this process which pod it is ({fault.Message}); run it as "
                + "infra/kubernetes/cluster does, or set it to false and give Cluster:Address"
            : null;
    }
}
