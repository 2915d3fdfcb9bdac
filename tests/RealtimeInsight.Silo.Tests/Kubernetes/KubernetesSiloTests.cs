using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using RealtimeInsight.Silo.Tests.Process;

namespace RealtimeInsight.Silo.Tests.Kubernetes;

/// <summary>Orleans' hosting for Kubernetes as a silo uses it, outside of a cluster.</summary>
public sealed class KubernetesSiloTests
{
    private static readonly ClusterNodeOptions s_cluster = new() { Membership = Membership.AzureTable, IsOnKubernetes = true };

    [Fact]
    public void Silo_OfAPod_HasItsNameAndAddress()
    {
        using var pod = new PodVariables("shop", "silo-1", "10.1.2.3");
        using var host = Build(static silo => silo.Configure<EndpointOptions>(
            static options => (options.SiloPort, options.GatewayPort) = (11_112, 30_001)));

        var address = host.Services.GetRequiredService<IOptions<EndpointOptions>>().Value;

        Assert.Equal("silo-1", host.Services.GetRequiredService<IOptions<SiloOptions>>().Value.SiloName);
        Assert.Equal(IPAddress.Parse("10.1.2.3"), address.AdvertisedIPAddress);
        Assert.Equal(new IPEndPoint(IPAddress.Any, 11_112), address.SiloListeningEndpoint);
        Assert.Equal(new IPEndPoint(IPAddress.Any, 30_001), address.GatewayListeningEndpoint);
    }

    [Theory]
    [InlineData(null, "POD_NAMESPACE")]
    [InlineData("shop", "KUBERNETES_SERVICE_HOST")]
    public async Task Start_NotInACluster_SaysSettingValueRuleAndCure(string? space, string detail)
    {
        using var pod = new PodVariables(space, "silo-1", "127.0.0.1");
        using var host = Build(static silo => silo.UseLocalhostClustering(SiloProcess.FreePort(), 0));

        var fault = await Record.ExceptionAsync(() => host.StartAsync());

        var text = StartFaults.Explain(fault!, s_cluster);
        Assert.StartsWith("Cluster:IsOnKubernetes is true, and Kubernetes does not tell this process", text, StringComparison.Ordinal);
        Assert.Contains(detail, text, StringComparison.Ordinal);
        Assert.Contains("or set it to false and give Cluster:Address", text, StringComparison.Ordinal);
    }

    private static IHost Build(Action<ISiloBuilder> configure)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddOrleans(silo =>
        {
            configure(silo);
            KubernetesSilo.Join(silo);
        });
        return builder.Build();
    }

    /// <summary>What the deployment's files give a pod. Nothing else of this process reads them.</summary>
    private sealed class PodVariables : IDisposable
    {
        private static readonly string[] s_names = ["POD_NAMESPACE", "POD_NAME", "POD_IP"];

        public PodVariables(params string?[] values)
        {
            foreach (var (name, value) in s_names.Zip(values)) Environment.SetEnvironmentVariable(name, value);
        }

        public void Dispose()
        {
            foreach (var name in s_names) Environment.SetEnvironmentVariable(name, null);
        }
    }
}
