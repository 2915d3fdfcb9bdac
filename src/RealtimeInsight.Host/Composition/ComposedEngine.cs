using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Onnx;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Host;

/// <summary>
/// The embedded engine with its inference pool and store, composed the same way for the host and for replay. Disposing drains what was
/// accepted, saves, and closes all of them.
/// </summary>
public sealed class ComposedEngine : IRunningEngine
{
    private readonly InferencePool _pool;
    private readonly SqliteStore _store;

    private ComposedEngine(EmbeddedEngine embedded, InferencePool pool, SqliteStore store)
    {
        Embedded = embedded;
        _pool = pool;
        _store = store;
    }

    public EmbeddedEngine Embedded { get; }

    public ICustomerEngine Engine => Embedded;

    public IReadOnlyList<string> Problems => _pool.Problem is { } problem ? [problem] : [];

    /// <summary>
    /// Loads and warms the model up, recovers the customers and starts. A model that cannot be used is a problem, not a failure.
    /// </summary>
    /// <exception cref="Engine.Storage.StoreException">The store cannot be opened, is damaged or of a newer version.</exception>
    public static async Task<ComposedEngine> StartAsync(EngineRecipe recipe, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var pool = new InferencePool(
            recipe.Inference, new InferenceInstruments(recipe.Meters), recipe.Time, recipe.Loggers.CreateLogger<InferencePool>());
        var store = new SqliteStore(recipe.Store);
        var embedded = new EmbeddedEngine(
            recipe.Engine, recipe.Customer, new DecisionMaker(recipe.Policy), pool, store, recipe.Channels,
            new EngineInstruments(recipe.Meters), recipe.Time, recipe.Loggers.CreateLogger<EmbeddedEngine>());
        var composed = new ComposedEngine(embedded, pool, store);
        try
        {
            await Task.Run(() => Load(recipe, pool), cancellationToken).ConfigureAwait(false);
            await embedded.StartAsync(cancellationToken).ConfigureAwait(false);
            return composed;
        }
        catch
        {
            await composed.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Embedded.DisposeAsync().ConfigureAwait(false);
        await _pool.DisposeAsync().ConfigureAwait(false);
        _store.Dispose();
    }

    private static void Load(EngineRecipe recipe, InferencePool pool)
    {
        var models = new ModelRepository(recipe.Inference.ModelsDirectory, FeatureSchema.Hash);
        pool.TryLoad(models, new OnnxModelRunnerFactory(recipe.Inference, recipe.Loggers.CreateLogger<OnnxModelRunnerFactory>()));
    }
}
