using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Storage;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Inference;
using RealtimeInsight.Orleans.Actions;
using RealtimeInsight.Orleans.Actors;
using RealtimeInsight.Orleans.Boards;
using RealtimeInsight.Orleans.Budgets;
using RealtimeInsight.Orleans.Deadlines;
using RealtimeInsight.Orleans.Inference;
using RealtimeInsight.Orleans.Notices;
using RealtimeInsight.Orleans.Products;
using RealtimeInsight.Orleans.Risks;
using RealtimeInsight.Orleans.Variants;

namespace RealtimeInsight.Orleans;

/// <summary>Makes an Orleans silo a host of customers.</summary>
public static class SiloHosting
{
    /// <summary>Name of the grain storage that holds the customers; any Orleans provider will do.</summary>
    public const string StorageName = "customers";

    /// <summary>
    /// Adds the grains. The container has to hold an <see cref="IScorer"/>, the <see cref="IActionChannel"/>s of the policy, and a
    /// grain storage named <see cref="StorageName"/>. What is missing or wrong stops the start of the silo.
    /// </summary>
    /// <param name="labels">
    /// What other silos know of this one; null for nothing. <c>device</c>: <c>gpu</c> has the others score on this silo's pool.
    /// </param>
    public static ISiloBuilder AddRealtimeInsight(
        this ISiloBuilder silo, ClusterSettings settings, IReadOnlyDictionary<string, string>? labels = null)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(settings);
        silo.Services.AddSingleton(settings);
        silo.Services.AddSingleton(services => new CustomerCore(
            settings,
            services.GetRequiredService<ClusterScorer>(),
            services.GetRequiredService<ActionChannels>(),
            services.GetRequiredService<BudgetPurse>(),
            services.GetRequiredService<ProductFeed>(),
            services.GetRequiredService<BoardKeeper>(),
            services.GetRequiredService<RiskFeed>(),
            services.GetRequiredService<NoticeFeed>(),
            services.GetRequiredService<SiloWatch>(),
            services.GetRequiredService<VariantFeed>(),
            services.GetRequiredService<GrainInstruments>(),
            settings.Time ?? services.GetRequiredService<TimeProvider>(),
            LoggerOf(services)));
        silo.Services.AddSingleton(services => new SiloWatch(
            settings.Grains, services.GetRequiredService<ClusterScorer>(), services.GetRequiredService<IMeterFactory>(),
            services.GetRequiredService<TimeProvider>()));
        silo.Services.AddSingleton(services => new BudgetPurse(
            services.GetRequiredService<IGrainFactory>(), settings.Grains, services.GetRequiredService<TimeProvider>()));
        silo.Services.AddSingleton(services => new ProductFeed(
            services.GetRequiredService<IGrainFactory>(), settings.Grains, services.GetRequiredService<TimeProvider>(),
            LoggerOf(services)));
        AddFeeds(silo.Services, settings);
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, DeadlineStarter>();
        AddInference(silo, labels ?? new Dictionary<string, string>());
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(
            static services => services.GetRequiredService<BudgetPurse>());
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(
            static services => services.GetRequiredService<ProductFeed>());
        silo.AddStartupTask(static (services, _) =>
        {
            services.GetRequiredService<CustomerCore>();
            if (services.GetKeyedService<IGrainStorage>(StorageName) is null)
            {
                throw new InvalidOperationException(
                    $"no grain storage is named '{StorageName}', customers are kept there; "
                    + $"add one, e.g. AddAzureTableGrainStorage(\"{StorageName}\", ...)");
            }

            return Task.CompletedTask;
        });
        return silo;
    }

    /// <summary>What a silo tells the cluster every second, and is told.</summary>
    private static void AddFeeds(IServiceCollection container, ClusterSettings settings)
    {
        TimeProvider ClockOf(IServiceProvider services) => settings.Time ?? services.GetRequiredService<TimeProvider>();
        container.AddSingleton(services => new RiskFeed(
            services.GetRequiredService<IGrainFactory>(), settings.Grains, ClockOf(services), services.GetRequiredService<TimeProvider>(),
            LoggerOf(services)));
        container.AddSingleton(services => new NoticeFeed(
            settings.Grains, services.GetRequiredService<GrainInstruments>(), services.GetRequiredService<TimeProvider>()));
        container.AddSingleton(services => new ActionChannels(
            services.GetServices<IActionChannel>(), settings.Policy, settings.Grains));
        container.AddSingleton(services => new BoardKeeper(
            services.GetRequiredService<IGrainFactory>(), services.GetRequiredService<ILocalSiloDetails>(),
            services.GetRequiredService<ActionChannels>(), services.GetRequiredService<NoticeFeed>(), ClockOf(services),
            services.GetRequiredService<TimeProvider>(), LoggerOf(services)));
        container.AddSingleton(services => new VariantFeed(
            services.GetRequiredService<IGrainFactory>(), settings,
            services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString(), services.GetRequiredService<IMeterFactory>(),
            services.GetRequiredService<TimeProvider>(), LoggerOf(services)));
        container.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static services => services.GetRequiredService<VariantFeed>());
        container.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static services => services.GetRequiredService<RiskFeed>());
        container.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static services => services.GetRequiredService<NoticeFeed>());
        container.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static services => services.GetRequiredService<BoardKeeper>());
    }

    /// <summary>Scores run where the device is: in the silo's own pool, or in that of a silo whose label says so.</summary>
    private static void AddInference(ISiloBuilder silo, IReadOnlyDictionary<string, string> labels)
    {
        silo.UseSiloMetadata(new Dictionary<string, string>(labels));
        silo.Services.AddPlacementFilter<DevicePlacementStrategy, DevicePlacementDirector>(ServiceLifetime.Singleton);
        var hasDevice = labels.TryGetValue(DevicePlacementDirector.Label, out var device) && device == DevicePlacementDirector.Gpu;
        silo.Services.AddMetrics();
        silo.Services.AddSingleton<GrainInstruments>();
        silo.Services.AddSingleton(services => new DeviceSilos(
            services.GetRequiredService<ISiloStatusOracle>(), services.GetRequiredService<ISiloMetadataCache>(), hasDevice,
            services.GetRequiredService<TimeProvider>()));
        silo.Services.AddSingleton(static services => new ClusterScorer(
            services.GetService<IScorer>() ?? throw new InvalidOperationException(
                "no IScorer is registered, every customer grain scores through one; register the silo's InferencePool as IScorer"),
            services.GetRequiredService<IGrainFactory>(),
            services.GetRequiredService<DeviceSilos>(),
            services.GetRequiredService<GrainInstruments>(),
            services.GetRequiredService<TimeProvider>()));
    }

    private static ILogger LoggerOf(IServiceProvider services) =>
        services.GetRequiredService<ILoggerFactory>().CreateLogger("RealtimeInsight.Orleans");
}
