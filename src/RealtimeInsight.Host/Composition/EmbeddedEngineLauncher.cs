using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Host;

/// <summary>Starts the embedded engine with the host's settings, in the data folder.</summary>
internal sealed class EmbeddedEngineLauncher(
    HostSettings settings,
    Policy policy,
    IReadOnlyList<IActionChannel> channels,
    IMeterFactory meters,
    ILoggerFactory loggers,
    TimeProvider time) : IEngineLauncher
{
    public async Task<IRunningEngine> StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Host.HugePages) _ = HugePages.Advise();
        if (settings.Host.ShortSlices) _ = ShortSlices.Ask();
        var recipe = new EngineRecipe
        {
            Engine = settings.Engine,
            Customer = settings.Customer,
            Policy = policy,
            Inference = settings.Inference,
            Store = settings.Store,
            Channels = channels,
            Meters = meters,
            Loggers = loggers,
            Time = time,
        };
        try
        {
            return await ComposedEngine.StartAsync(recipe, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreCorruptException damage)
        {
            // Once, before the process ends: whoever reads it has to know what there is to save.
            var path = SqliteStore.PathIn(settings.Store.DataDirectory);
            var readable = await Task.Run(() => StoreCheck.Describe(path, damage, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
            throw new SetupException($"{damage.Message}. {readable}", damage);
        }
    }
}
