using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Learning;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Host.Learning;
using RealtimeInsight.Host.Models;
using RealtimeInsight.Inference.Lifecycle;
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
    private readonly CorrectionsKeeper? _corrections;

    private ComposedEngine(
        EmbeddedEngine embedded, InferencePool pool, ModelRegistry registry, SqliteStore store, CorrectionsKeeper? corrections,
        NextItemRegistry? nextItems)
    {
        NextItems = nextItems;
        Embedded = embedded;
        Models = registry;
        _pool = pool;
        _store = store;
        _corrections = corrections;
    }

    public EmbeddedEngine Embedded { get; }

    public ICustomerEngine Engine => Embedded;

    public ModelRegistry Models { get; }

    public CorrectionsKeeper? Corrections => _corrections;

    public LearningDesk? Learned => Embedded.Learning is { } learning ? new LearningDesk(learning, Embedded) : null;

    public NextItemRegistry? NextItems { get; }

    public string? NameOf(uint stamp) => _pool.NameOf(stamp);

    public IReadOnlyList<string> Problems =>
        [.. new[] { _pool.Problem, NextItems?.Problem }.OfType<string>(), .. Models.Problems];

    /// <summary>
    /// Loads and warms the model up, recovers the customers and starts. A model that cannot be used is a problem, not a failure.
    /// </summary>
    /// <exception cref="Engine.Storage.StoreException">The store cannot be opened, is damaged or of a newer version.</exception>
    public static async Task<ComposedEngine> StartAsync(EngineRecipe recipe, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var (pool, registry) = ModelSetup.Create(
            recipe.Inference, recipe.Store.DataDirectory, recipe.Meters, recipe.Loggers, recipe.Time);
        var store = new SqliteStore(recipe.Store);
        var learning = new EngineLearning(
            recipe.Policy, recipe.Engine.Learning, recipe.Engine.Clock == EngineClock.EventTime, recipe.Time);
        var embedded = new EmbeddedEngine(
            recipe.Engine, recipe.Customer, new DecisionMaker(recipe.Policy, learning.Variants, learning.Statistics), pool, store,
            recipe.Channels, new EngineInstruments(recipe.Meters), recipe.Time, recipe.Loggers.CreateLogger<EmbeddedEngine>())
        {
            WatchStore = new WatchFile(recipe.Store.DataDirectory),
            Learning = learning.IsOn ? learning : null,
            LearningStore = new WatchFile(recipe.Store.DataDirectory, WatchFile.LearnedFileName),
        };
        CorrectionsKeeper? corrections = null;
        if (recipe.Inference.CorrectProbabilities)
        {
            corrections = new CorrectionsKeeper(
                recipe.Store.DataDirectory, recipe.Time, recipe.Loggers.CreateLogger<CorrectionsKeeper>());
            pool.Corrections.Source = corrections.Corrections;
            embedded.OutcomeObserver = corrections.Corrections.Observe;
        }

        var nextItems = learning.Items is null ? null : new NextItemRegistry(recipe.Store.DataDirectory, learning, recipe.Time);
        var composed = new ComposedEngine(embedded, pool, registry, store, corrections, nextItems);
        try
        {
            await Task.Run(registry.Start, cancellationToken).ConfigureAwait(false);
            if (nextItems is not null) await Task.Run(nextItems.Start, cancellationToken).ConfigureAwait(false);
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
        if (_corrections is not null) await _corrections.DisposeAsync().ConfigureAwait(false);
        await _pool.DisposeAsync().ConfigureAwait(false);
        _store.Dispose();
    }
}
