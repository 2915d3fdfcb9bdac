using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime.Hosting;
using Orleans.Serialization;
using Orleans.TestingHost;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Inference;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Events;

namespace RealtimeInsight.Orleans.Tests.Parts;

/// <summary>A cluster of two silos in this process, with storage, channel and model that outlive any of them.</summary>
internal sealed class TestShop : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;
    private readonly ClusterSettings _settings;
    private readonly IScorer _scorer;

    private TestShop(
        CustomerOptions customers, CustomerGrainOptions grains, bool usesRealTime, SharedStorage storage, bool hasIndex, Policy policy,
        IScorer scorer)
    {
        Storage = storage;
        Customers = customers;
        _scorer = scorer;
        _settings = new ClusterSettings
        {
            Policy = policy, Customers = customers, Grains = grains, Time = usesRealTime ? null : Time,
            IndexTime = hasIndex ? null : new ManualTime(),
        };
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(scorer);
            silo.Services.AddSingleton<IActionChannel>(Channel);
            silo.Services.AddGrainStorage(
                SiloHosting.StorageName, (services, _) => Storage.For(services.GetRequiredService<Serializer>()));
            silo.AddRealtimeInsight(_settings);
            silo.Configure<ClusterMembershipOptions>(static options =>
            {
                options.ProbeTimeout = TimeSpan.FromMilliseconds(500);
                options.NumMissedProbesLimit = 2;
                options.NumVotesForDeathDeclaration = 1;
                options.TableRefreshTimeout = TimeSpan.FromSeconds(2);
            });
        });
        _cluster = builder.Build();
    }

    public ManualTime Time { get; } = new();

    public SharedStorage Storage { get; }

    public RecordingChannel Channel { get; } = new();

    public CustomerOptions Customers { get; }

    public InProcessTestCluster Cluster => _cluster;

    public GrainEngine Engine => new(_cluster.Client, _scorer, _settings);

    public IGrainFactory Grains => _cluster.Client;

    /// <param name="hasIndex">False: nobody calls customers but the test, so that it knows in which turn a deadline fires.</param>
    public static async Task<TestShop> OpenAsync(
        CustomerOptions? customers = null,
        CustomerGrainOptions? grains = null,
        bool usesRealTime = false,
        SharedStorage? storage = null,
        Instant? now = null,
        bool hasIndex = true,
        Policy? policy = null,
        IScorer? scorer = null)
    {
        var shop = new TestShop(
            customers ?? new CustomerOptions(), grains ?? new CustomerGrainOptions(), usesRealTime, storage ?? new SharedStorage(),
            hasIndex, policy ?? Scenario.Policy, scorer ?? new LinearScorer());
        if (now is { } start) shop.Time.Set(start);
        await shop._cluster.DeployAsync();
        return shop;
    }

    public ICustomerGrain Customer(CustomerId id) => Grains.GetGrain<ICustomerGrain>(id.Value);

    /// <summary>Customers that the policy's hold-out leaves to be treated.</summary>
    public static IReadOnlyList<CustomerId> Treated(int count)
    {
        var maker = new DecisionMaker(Scenario.Policy);
        return
        [
            .. Enumerable.Range(0, 10 * count).Select(static i => CustomerId.FromUser($"treated-{i}"))
                .Where(id => !maker.IsHeldOut(id)).Take(count),
        ];
    }

    /// <summary>Address of the silo that a grain lives on now.</summary>
    public async Task<SiloAddress> SiloOfAsync(IAddressable grain) =>
        await Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grain)
        ?? throw new InvalidOperationException("the grain is not active");

    public static EventBatch FromStream(IEnumerable<Domain.Events.CustomerEvent> events, long firstOffset)
    {
        var list = events.ToArray();
        return new EventBatch
        {
            Events = list, Partition = "events/3", Offsets = [.. Enumerable.Range(0, list.Length).Select(i => firstOffset + i)],
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }
}
