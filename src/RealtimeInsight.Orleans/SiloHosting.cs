using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Inference;
using RealtimeInsight.Orleans.Actions;
using RealtimeInsight.Orleans.Actors;
using RealtimeInsight.Orleans.Deadlines;

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
    public static ISiloBuilder AddRealtimeInsight(this ISiloBuilder silo, ClusterSettings settings)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(settings);
        silo.Services.AddSingleton(settings);
        silo.Services.AddSingleton(services => new CustomerCore(
            settings,
            services.GetService<IScorer>() ?? throw new InvalidOperationException(
                "no IScorer is registered, every customer grain scores through one; register the silo's InferencePool as IScorer"),
            new ActionChannels(services.GetServices<IActionChannel>(), settings.Policy),
            settings.Time ?? services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILoggerFactory>().CreateLogger("RealtimeInsight.Orleans")));
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, DeadlineStarter>();
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
}
