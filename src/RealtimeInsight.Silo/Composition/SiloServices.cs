using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Storage;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.EventHubs;
using RealtimeInsight.Host;
using RealtimeInsight.Host.Channels;
using RealtimeInsight.Inference;
using RealtimeInsight.Orleans;

namespace RealtimeInsight.Silo;

/// <summary>
/// Registers what makes a silo of a host. Hosted services start in this order and stop in the opposite one: models, silo, server.
/// </summary>
internal static class SiloServices
{
    /// <summary>Longest time of a stop: every changed customer is saved. Containers have to be given as much.</summary>
    public static readonly TimeSpan StopMax = TimeSpan.FromSeconds(50);

    /// <summary>
    /// What Orleans may say: of silos, members and connections. Its other messages name grains by their keys, which are customer ids.
    /// </summary>
    private static readonly string[] s_loud =
        ["Orleans.Runtime.MembershipService", "Orleans.Hosting", "Orleans.Networking", "Orleans.Runtime.SiloControl"];

    public static void AddSilo(this IServiceCollection services, SiloSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton<SiloModels>();
        services.AddHostedService(static provider => provider.GetRequiredService<SiloModels>());
        services.AddSingleton<IScorer>(static provider => provider.GetRequiredService<SiloModels>().Pool);
        services.AddSingleton<GrainEngine>();
        services.AddSingleton<ClusterEngine>();
        services.AddSingleton<IEngineLauncher, ClusterLauncher>();
        services.Configure<Microsoft.Extensions.Hosting.HostOptions>(static host => host.ShutdownTimeout = StopMax);
        services.AddLogging(static logging =>
        {
            // The program says itself why it could not start.
            logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
            logging.AddFilter("Orleans", LogLevel.None);
            foreach (var category in s_loud) logging.AddFilter(category, LogLevel.Warning);
        });
        // The grains ask for all channels, the host for their list.
        services.AddSingleton<IEnumerable<IActionChannel>>(static provider => provider.GetRequiredService<ChannelSetup>().Channels);
        AddHub(services, settings.Host);
        services.AddOrleans(silo => Build(silo, settings));
    }

    /// <summary>A hub that is read goes to the grains: they save behind, and know how far they know each partition.</summary>
    private static void AddHub(IServiceCollection services, HostSettings settings)
    {
        services.AddSingleton<ICustomerDoor, GrainDoor>();
        services.AddSingleton<IPoisonStore>(provider => settings.HubReader.DeadLetterContainer.Length > 0
            ? HubReader.DeadLetters(settings.HubReader)
            : new FilePoison(
                Path.Combine(settings.Host.DataDir, "dead-letters"), provider.GetRequiredService<ILogger<FilePoison>>()));
        services.AddSingleton<Func<string, IPartitionSink>>(static provider => partition => new CustomerSink(
            provider.GetRequiredService<ICustomerDoor>(), provider.GetRequiredService<IPoisonStore>(), partition,
            provider.GetRequiredService<TimeProvider>()));
    }

    private static void Build(ISiloBuilder silo, SiloSettings settings)
    {
        var cluster = settings.Cluster;
        silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster.ClusterId, cluster.ServiceId));
        if (cluster.Membership == Membership.Localhost)
        {
            var first = cluster.FirstSiloPort == 0 ? null : new IPEndPoint(IPAddress.Loopback, cluster.FirstSiloPort);
            silo.UseLocalhostClustering(cluster.SiloPort, cluster.GatewayPort, first, cluster.ServiceId, cluster.ClusterId);
        }
        else
        {
            AzureCluster.Join(silo, cluster);
            if (cluster.IsOnKubernetes) KubernetesSilo.Join(silo);
            silo.Configure<EndpointOptions>(options =>
            {
                (options.SiloPort, options.GatewayPort) = (cluster.SiloPort, cluster.GatewayPort);
                if (!cluster.IsOnKubernetes) options.AdvertisedIPAddress = IPAddress.Parse(cluster.Address);
            });
        }

        // States are stored in the numbered, versioned form of the wire, whichever provider keeps them.
        silo.Services.AddSingleton<IGrainStorageSerializer, OrleansGrainStorageSerializer>();
        if (cluster.Storage == CustomerStorage.Memory) silo.AddMemoryGrainStorage(SiloHosting.StorageName);
        else AzureCluster.Keep(silo, SiloHosting.StorageName, cluster);
        silo.AddActivityPropagation();
        silo.AddRealtimeInsight(new ClusterSettings
        {
            Policy = PolicyFile.Load(settings.Host.PolicyPath), Customers = settings.Host.Customer, Grains = settings.Grains,
        }, new Dictionary<string, string>(cluster.Labels));
    }
}
