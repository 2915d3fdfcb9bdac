using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Audit;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Erasure;
using RealtimeInsight.Engine.Identity;
using RealtimeInsight.Engine.Learning;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Notices;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Reads;
using RealtimeInsight.Engine.Retention;
using RealtimeInsight.Engine.Shards;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Engine.Watching;
using RealtimeInsight.Engine.Work;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Engine;

/// <summary>
/// The engine in this process: customers in memory on shards with a thread each, one committing thread, a store. Start it once, then
/// stop it (or dispose it, which stops it). The store, the scorer and the channels stay the caller's to dispose, after the engine.
/// </summary>
public sealed partial class EmbeddedEngine : ICustomerEngine, IAsyncDisposable
{
    private readonly EngineOptions _options;
    private readonly DecisionMaker _maker;
    private readonly CustomerMachine _machine;
    private readonly IScorer _scorer;
    private readonly ExplanationReader _explanations;
    private readonly IEngineStore _store;
    private readonly IReadOnlyList<IActionChannel> _channels;
    private readonly EngineInstruments _instruments;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly NoticeHub _notices;
    private readonly Lock _gate = new();
    private Task _committing = Task.CompletedTask;
    private Task[] _shards = [];
    private Task[] _dispatchers = [];
    private Task? _stop;
    private EngineParts? _running;
    private RetentionKeeper? _retention;
    private CustomerEraser? _eraser;
    private IReadOnlyList<EraseRow> _erasures = [];
    private volatile bool _isStopped;

    /// <exception cref="ArgumentException">An option is out of its bounds, or two channels have one name.</exception>
    public EmbeddedEngine(
        EngineOptions options,
        CustomerOptions customerOptions,
        DecisionMaker maker,
        IScorer scorer,
        IEngineStore store,
        IEnumerable<IActionChannel> channels,
        EngineInstruments instruments,
        TimeProvider time,
        ILogger<EmbeddedEngine> logger)
    {
        var problems = EngineOptions.Validate(options);
        if (problems.Count > 0) throw new ArgumentException(string.Join("; ", problems), nameof(options));
        _options = options;
        _machine = new CustomerMachine(customerOptions);
        _maker = maker;
        _scorer = scorer;
        _explanations = new ExplanationReader(scorer);
        _store = store;
        _channels = [.. channels];
        if (_channels.SelectMany(NamesOf).GroupBy(static name => name, StringComparer.Ordinal)
            .FirstOrDefault(static group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"two channels have the name '{twice.Key}', names must differ", nameof(channels));
        }

        _instruments = instruments;
        _time = time;
        _logger = logger;
        Monitor = new ModelMonitor(options.Watch.OutcomeWindow, options.Watch.DriftWindow);
        _notices = new NoticeHub(options.NoticeQueueMax, options.NoticeReadersMax);
    }

    /// <summary>Is told of every score whose outcome is known, one at a time; has to be quick. To be set before the start.</summary>
    public Action<ResolvedScore>? OutcomeObserver
    {
        get => Monitor.Observer;
        set => Monitor.Observer = value;
    }

    /// <summary>What the models' scores turn out to be worth.</summary>
    internal ModelMonitor Monitor { get; }

    /// <summary>Keeps what is known of the models' scores over a restart; null: it counts from the start on.</summary>
    public IWatchStore? WatchStore { get; init; }

    /// <summary>Where the work runs: on threads, or in a simulation's order.</summary>
    internal IWorkHost WorkHost { get; init; } = new ThreadHost();

    /// <summary>Lets go what is old; null before the start and in event time.</summary>
    internal RetentionKeeper? Retention => _retention;

    /// <summary>Done when nothing is left of erasures that a start found unfinished.</summary>
    internal Task Erased => _eraser?.Unfinished ?? Task.CompletedTask;

    /// <summary>The parts of a started engine, for a simulation.</summary>
    internal EngineParts? Parts => _running;

    private EngineParts Running => _running is { } parts && !_isStopped
        ? parts
        : throw new EngineUnavailableException(
            _isStopped
                ? "the engine is stopping; try again when it runs"
                : "the engine is recovering its data; try again when it is ready");

    /// <summary>Opens the store, recovers the customers, and starts working. Returns when the engine is ready.</summary>
    /// <exception cref="StoreException">The store cannot be opened, is damaged, or is of a newer version.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_running is not null) throw new InvalidOperationException("the engine has been started; start it once");
        var started = _time.GetTimestamp();
        var (parts, replayed) = await WorkHost.Offload(() => Recover(cancellationToken), cancellationToken).ConfigureAwait(false);
        _committing = WorkHost.StartThread(parts.Commit);
        _shards = [.. parts.Loops.Select(WorkHost.StartThread)];
        _dispatchers = [.. parts.Dispatchers.Select(WorkHost.StartTask)];
        _instruments.Observe(
            [.. parts.Loops.Select(loop => loop.Shard.Counters)], () => _notices.Dropped);
        _instruments.ObserveDelivery(() => parts.Outbox.Pending, () => parts.Outbox.Dead, () => parts.Delivery.Endpoints);
        _ = await parts.Intake.BetweenAsync(FinishMergesAsync, cancellationToken).ConfigureAwait(false);
        _instruments.ObserveAudit(() => parts.Audit.Compared, () => parts.Audit.Mismatches);
        _instruments.ObserveModels(() => Monitor.Read(WatchReader.Waiting(parts.Loops)), _time);
        if (Learning is { IsOn: true }) _instruments.ObserveLearning(Learning);
        parts.Audit.Start();
        parts.Keeper?.Start();
        parts.Learned?.Start();
        if (_options.Clock == EngineClock.Wall) StartRetention(parts);
        _eraser!.Start(_erasures);
        _running = parts;
        EngineLog.Ready(
            _logger, parts.Loops.Sum(loop => loop.Shard.Counters.Customers), replayed, parts.Loops.Length, _store.Name,
            _time.GetElapsedTime(started));
    }

    public async ValueTask<IngestResult> IngestAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var ticket = await TakeAsync(batch, cancellationToken).ConfigureAwait(false);
        return await ticket.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Queues a batch; its ticket is settled when it is durable.</summary>
    internal async ValueTask<IngestTicket> TakeAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        var parts = Running;
        // While the store fails nothing more is taken on: the sender keeps its batch, and what was taken is tried on by itself.
        if ((parts.Problem ?? parts.Commit.Problem) is { } problem) throw new EngineUnavailableException(problem);
        var ticket = new IngestTicket(batch, _time.GetTimestamp());
        await parts.Intake.TakeAsync(ticket, cancellationToken).ConfigureAwait(false);
        ticket.Done();
        return ticket;
    }

    /// <summary>
    /// With <see cref="EngineClock.EventTime"/>: fires every deadline that is still to come, in order, until none is left; returns when all
    /// of it is committed. Events that come later than that are out of order.
    /// </summary>
    public async ValueTask RunToEndAsync(CancellationToken cancellationToken)
    {
        if (_options.Clock != EngineClock.EventTime)
        {
            throw new InvalidOperationException($"Clock is {_options.Clock}; only event time can be run to its end");
        }

        var parts = Running;
        var ticket = new IngestTicket(new IngestBatch([], []), _time.GetTimestamp());
        foreach (var loop in parts.Loops)
        {
            ticket.AddPart();
            await loop.EnqueueAsync(new IngestPart(ticket, 0) { RunsToEnd = true }, cancellationToken).ConfigureAwait(false);
        }

        ticket.Done();
        await ticket.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<CustomerInsight?> GetInsightAsync(CustomerId customer, CancellationToken cancellationToken)
    {
        var insight = await AskAsync(
            customer,
            (shard, state) => new InsightBuilder(_maker, shard).Build(state, shard.AsOf),
            cancellationToken).ConfigureAwait(false);
        if (insight is null) return null;
        return insight with
        {
            LastDecisions = [.. insight.LastDecisions.Select(WithDelivery)],
            MergedInto = insight.CustomerId == customer.Value ? null : insight.CustomerId,
        };
    }

    public async ValueTask<IReadOnlyList<TimelineEntry>?> GetTimelineAsync(
        CustomerId customer, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        var history = await AskAsync(
            customer, static (_, state) => new History(state.LastOffset, state.FirstSeen), cancellationToken).ConfigureAwait(false);
        return history is null ? null : TimelineReader.Read(Running.Log, history.Newest, history.FirstSeen, limit);
    }

    public ValueTask<MergeResult> MergeAsync(CustomerId into, CustomerId from, CancellationToken cancellationToken) =>
        RelinkAsync(links => links.MergeAsync(into, from), cancellationToken);

    public ValueTask<MergeResult> UnmergeAsync(CustomerId into, CustomerId from, CancellationToken cancellationToken) =>
        RelinkAsync(links => links.UnmergeAsync(into, from), cancellationToken);

    public async ValueTask<ErasureResult?> EraseAsync(CustomerId customer, CancellationToken cancellationToken)
    {
        var parts = Running;
        if ((parts.Problem ?? parts.Commit.Problem) is { } problem) throw new EngineUnavailableException(problem);
        return await _eraser!.EraseAsync(customer, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<ScoreExplanation?> ExplainAsync(CustomerId customer, ScoreHead head, CancellationToken cancellationToken)
    {
        var log = Running.Log;
        var now = await AskAsync(customer, ExplainedState.Of, cancellationToken).ConfigureAwait(false);
        if (now is null) return null;
        var replay = new DecisionReplay(_machine, log, _options.RefoldEventsMax);
        return await _explanations.ReadAsync(now.As(replay.LastScored(now.Newest, null)), head, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<ScoreExplanation?> ExplainDecisionAsync(string decisionId, ScoreHead head, CancellationToken cancellationToken)
    {
        var log = Running.Log;
        if (DecisionReader.Read(_store, decisionId) is not { } decision) return null;
        var now = await AskAsync(CustomerId.Parse(decision.CustomerId), ExplainedState.Of, cancellationToken).ConfigureAwait(false);
        if (now is null) return null;
        var then = new DecisionReplay(_machine, log, _options.RefoldEventsMax).LastScored(now.Newest, decisionId);
        return then is null
            ? null
            : await _explanations.ReadAsync(now.As(then).With(decisionId, decision.Record), head, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<DecisionView?> GetDecisionAsync(string decisionId, CancellationToken cancellationToken)
    {
        _ = Running;
        return ValueTask.FromResult(DecisionReader.Read(_store, decisionId));
    }

    public IDeliveryControl Delivery => Running.Delivery;

    public IRejectControl Rejects => Running.Rejects;

    public async ValueTask<IReadOnlyList<CustomerAtRisk>> GetAtRiskAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var asked = Running.Loops.Select(loop => loop.AskAsync(
            shard => AtRiskReader.Read(shard, limit, _options.AtRiskScanMax), cancellationToken));
        var found = await Task.WhenAll(asked).ConfigureAwait(false);
        return [.. found.SelectMany(static list => list).OrderByDescending(AtRiskView.Risk).Take(limit)];
    }

    public ModelWatch GetModelWatch() => Monitor.Read(WatchReader.Waiting(Running.Loops));

    public EngineStatus GetStatus() => StatusReader.Read(_running, _isStopped, _store.Name, UnservedChannels);

    /// <summary>Channels that the policy names and nobody serves: their actions wait.</summary>
    private string[] UnservedChannels =>
    [
        .. _maker.Policy.Rules.Select(static rule => rule.Channel).Distinct(StringComparer.Ordinal)
            .Where(name => !_channels.SelectMany(NamesOf).Contains(name, StringComparer.Ordinal)),
    ];

    public IAsyncEnumerable<EngineNotice> SubscribeAsync(CancellationToken cancellationToken) => _notices.SubscribeAsync(cancellationToken);

    /// <summary>
    /// Takes no more events, finishes those taken, saves every changed customer, commits, and stops. While the store fails, what is not
    /// committed is failed instead of waited for.
    /// </summary>
    public Task StopAsync()
    {
        lock (_gate) return _stop ??= StopPartsAsync(giveUp: false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _explanations.Dispose();
    }

    /// <summary>Ends all threads at once, as a crash does: nothing is saved or committed any more. For tests of recovery.</summary>
    internal Task AbortAsync()
    {
        lock (_gate) return _stop ??= StopPartsAsync(giveUp: true);
    }

    private async Task StopPartsAsync(bool giveUp)
    {
        _isStopped = true;
        _notices.Close();
        if (_running is not { } parts) return;
        parts.Commit.StopRetrying(giveUp);
        foreach (var loop in parts.Loops)
        {
            if (giveUp) loop.Abort();
            else loop.Stop();
        }

        await Task.WhenAll(_shards).ConfigureAwait(false);

        // Dispatchers wait for the commit of what they sent, so the committing thread ends after them.
        parts.Commit.OutboxChanged = null;
        foreach (var dispatcher in parts.Dispatchers) dispatcher.Stop();
        await Task.WhenAll(_dispatchers).ConfigureAwait(false);
        foreach (var dispatcher in parts.Dispatchers) dispatcher.Dispose();
        if (_eraser is not null) await _eraser.DisposeAsync().ConfigureAwait(false);
        if (_retention is not null) await _retention.DisposeAsync().ConfigureAwait(false);
        parts.Delivery.Dispose();
        await parts.Audit.DisposeAsync().ConfigureAwait(false);
        if (parts.Keeper is { } keeper) await (giveUp ? keeper.AbortAsync() : keeper.DisposeAsync().AsTask()).ConfigureAwait(false);
        parts.Commit.Stop();
        await _committing.ConfigureAwait(false);
        if (parts.Learned is { } learned) await learned.StopAsync(giveUp).ConfigureAwait(false);
        if (parts.Commit.Problem is null) EngineLog.Stopped(_logger, _store.Name);
    }

    private void StartRetention(EngineParts parts)
    {
        var counters = new RetentionCounters();
        _instruments.ObserveRetention(counters);
        _retention = new RetentionKeeper(parts, _store, _options.Retention, counters, _time, _logger);
        _retention.Start(parts.Log.Start);
    }

    private static async Task<bool> FinishMergesAsync(IdentityLinks links)
    {
        await links.FinishAsync().ConfigureAwait(false);
        return true;
    }

    private async ValueTask<T?> AskAsync<T>(CustomerId customer, Func<Shard, CustomerState, T?> ask, CancellationToken cancellationToken)
        where T : class
    {
        var parts = Running;
        customer = parts.Aliases.Resolve(customer);
        var hash = customer.StableHash;
        return await parts.Loops[BatchRouter.ShardOf(hash, parts.Loops.Length)].LookAsync(
            shard => shard.Customers.Peek(customer, hash) is { } state ? ask(shard, state) : null, cancellationToken).ConfigureAwait(false);
    }

    private static IEnumerable<string> NamesOf(IActionChannel channel) => [channel.Name, .. channel.Aliases];

    private async ValueTask<MergeResult> RelinkAsync(
        Func<IdentityLinks, Task<(MergeResult Result, Task Committed)>> work, CancellationToken cancellationToken)
    {
        var parts = Running;
        if (parts.Problem is { } problem) throw new EngineUnavailableException(problem);
        var (result, committed) = await parts.Intake.BetweenAsync(work, cancellationToken).ConfigureAwait(false);
        await committed.WaitAsync(cancellationToken).ConfigureAwait(false);
        return result;
    }

    private DecisionSummary WithDelivery(DecisionSummary summary) => DecisionReader.WithDelivery(summary, _store);

    private sealed record History(long Newest, Instant FirstSeen);
}
