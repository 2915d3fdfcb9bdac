using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Host;
using RealtimeInsight.Host.Channels;
using RealtimeInsight.Host.Text;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Cli.Replay;

/// <summary>
/// The host's own engine on event time. Its actions go to the actions file in the data folder whatever channel a rule names: what is
/// replayed is history, and nobody is to be reminded of a cart of years ago.
/// </summary>
internal sealed class ComposedReplayEngine : IReplayEngine
{
    private static readonly TimeSpan s_deliveryWaitMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_deliveryLook = TimeSpan.FromMilliseconds(20);

    private readonly ServiceProvider _services;
    private readonly DataFolder _data;
    private readonly RecordedActions _actions;
    private readonly ComposedEngine _composed;
    private readonly DecisionTally _tally;
    private readonly HistoryLabeller _texts;
    private readonly TimeProvider _time;

    private ComposedReplayEngine(
        ServiceProvider services, DataFolder data, RecordedActions actions, ComposedEngine composed, DecisionTally tally,
        HistoryLabeller texts, TimeProvider time)
    {
        _texts = texts;
        _services = services;
        _data = data;
        _actions = actions;
        _composed = composed;
        _tally = tally;
        _time = time;
    }

    public ICustomerEngine Engine => _composed.Engine;

    public IReadOnlyDictionary<string, long> ActionsByRule => _tally.ActionsByRule;

    public IReadOnlyDictionary<string, long> SuppressedByReason => _tally.SuppressedByReason;

    /// <summary>Makes and starts the engine; a <see cref="ReplayEngineFactory"/>.</summary>
    /// <exception cref="CliException">A setting, the policy, the models folder or the data folder cannot be used.</exception>
    public static async Task<IReplayEngine> StartAsync(
        ReplaySettings replay, string dataDir, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var settings = HostSettings.Read(new HostArguments
            {
                DataDir = dataDir,
                Policy = replay.PolicyFile,
                Models = replay.ModelsDir,
                NoDemo = true,
            });
            settings.Engine.Clock = EngineClock.EventTime;
            return await StartAsync(settings, time, cancellationToken).ConfigureAwait(false);
        }
        catch (SetupException problem)
        {
            throw new CliException(problem.Message, ExitCodes.Usage, problem);
        }
        catch (StoreException problem)
        {
            throw CliException.Failure(problem.Message, problem);
        }
    }

    public async ValueTask<IngestResult> IngestAsync(IngestBatch batch)
    {
        var labelled = await _texts.LabelAsync(batch).ConfigureAwait(false);
        return await Engine.IngestAsync(labelled, CancellationToken.None).ConfigureAwait(false);
    }

    public async ValueTask RunToEndAsync(CancellationToken cancellationToken)
    {
        await _composed.Embedded.RunToEndAsync(cancellationToken).ConfigureAwait(false);
        var started = _time.GetTimestamp();
        while (Engine.GetStatus() is { } status && status.ActionsDelivered < status.Actions)
        {
            if (_time.GetElapsedTime(started) > s_deliveryWaitMax) return;
            await Task.Delay(s_deliveryLook, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _composed.DisposeAsync().ConfigureAwait(false);
        await _texts.DisposeAsync().ConfigureAwait(false);
        _tally.Dispose();
        _actions.Dispose();
        _data.Dispose();
        await _services.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<IReplayEngine> StartAsync(HostSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var policy = PolicyFile.Load(settings.PolicyPath);
        var services = Services();
        var loggers = services.GetRequiredService<ILoggerFactory>();
        var meters = services.GetRequiredService<IMeterFactory>();
        DataFolder? data = null;
        RecordedActions? actions = null;
        DecisionTally? tally = null;
        try
        {
            data = DataFolder.Open(settings.Host.DataDir);
            actions = new RecordedActions(data.Path, policy, loggers);
            tally = new DecisionTally(meters);
            var recipe = new EngineRecipe
            {
                Engine = settings.Engine,
                Customer = settings.Customer,
                Policy = policy,
                Inference = settings.Inference,
                Store = new SqliteStoreOptions { DataDirectory = data.Path },
                Channels = actions.Channels,
                Meters = meters,
                Loggers = loggers,
                Time = time,
            };
            var composed = await ComposedEngine.StartAsync(recipe, cancellationToken).ConfigureAwait(false);
            var texts = new HistoryLabeller(settings, ReplayRunner.BatchLinesMax, meters, loggers, time);
            return new ComposedReplayEngine(services, data, actions, composed, tally, texts, time);
        }
        catch
        {
            tally?.Dispose();
            actions?.Dispose();
            data?.Dispose();
            await services.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static ServiceProvider Services() => new ServiceCollection()
        .AddMetrics()
        .AddLogging(logging =>
        {
            logging.AddSimpleConsole(console => console.SingleLine = true);
            logging.SetMinimumLevel(LogLevel.Warning);
            logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
                console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        })
        .BuildServiceProvider();
}
