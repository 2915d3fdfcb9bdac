using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference.Lifecycle;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Pool;

/// <summary>
/// Serves the champion model, and beside it a challenger and a shadow where a plan names them. A lease pins the versions it was given until
/// it is disposed, across swaps. Without a usable model the pool stays up and says so: leases hold no model, <see cref="Problem"/> says
/// why. Thread-safe.
/// </summary>
public sealed class InferencePool : IScorer, IAsyncDisposable
{
    private readonly InferenceOptions _options;
    private readonly InferenceInstruments _instruments;
    private readonly TimeProvider _time;
    private readonly ILogger<InferencePool> _logger;
    private readonly SemaphoreSlim _callers;
    private readonly ModelLease?[] _leases;
    private readonly MicroBatcher _batcher;
    private readonly Lock _loading = new();
    private readonly ConcurrentDictionary<uint, string> _names = new();
    private ServingSet? _serving;
    private volatile string? _loadProblem = "No model has been loaded.";
    private long _failures;
    private volatile bool _isClosed;

    /// <param name="options">Valid by <see cref="InferenceOptionsValidator"/>.</param>
    public InferencePool(
        InferenceOptions options, InferenceInstruments instruments, TimeProvider time, ILogger<InferencePool> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(instruments);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        _options = options;
        _instruments = instruments;
        _time = time;
        _logger = logger;
        _callers = new SemaphoreSlim(options.CallersMax, options.CallersMax);
        _leases = new ModelLease?[options.CallersMax * 4];
        Corrections = new PoolCorrections(() => Volatile.Read(ref _serving)?.Models ?? []);
        _batcher = new MicroBatcher(this, options, instruments, time, logger);
        instruments.Observe(() => Current is not null, () => Serving, _batcher.QueueLength);
    }

    /// <summary>The model that a lease would hold now, or null when none is usable.</summary>
    public ModelIdentity? Current => Champion is { } champion && !champion.Breaker.IsOpen ? champion.Identity : null;

    /// <summary>What is degraded and why, or null when all is well: no model, a broken model, a refused newer version.</summary>
    public string? Problem => Champion is { } champion && champion.Breaker.IsOpen
        ? $"Model {champion.Identity} failed {_options.FailuresMax} times in a row and rests for {_options.CoolDown.TotalSeconds:0.#} s; "
          + "scores are degraded until then."
        : _loadProblem;

    /// <summary>What outcomes have shown of the models, where that is to correct their scores.</summary>
    public PoolCorrections Corrections { get; }

    private ServingModel? Champion => Volatile.Read(ref _serving)?.Champion;

    /// <summary>The version in each role now, and what is known of the shadow; null while there is no model.</summary>
    public ServingModels? Serving => Volatile.Read(ref _serving) is not { } set ? null : new ServingModels(
        set.Champion.Identity,
        set.Challenger is { } challenger ? new ServingShare(challenger.Model.Identity, challenger.Share, null) : null,
        set.Shadow is { } shadow ? new ServingShare(shadow.Model.Identity, shadow.Share, shadow.Tally) : null);

    /// <summary>
    /// Loads the configured version, or the highest that is not refused, and makes it current. Refusals are logged, counted and told by
    /// <see cref="Problem"/>; a model that serves already goes on. True when a model serves afterwards.
    /// </summary>
    public bool TryLoad(ModelRepository repository, IModelRunnerFactory factory)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(factory);
        lock (_loading)
        {
            string? problem = null;
            foreach (var version in VersionsToTry(repository, ref problem))
            {
                try
                {
                    var package = repository.Read(_options.ModelName, version);
                    if (Champion?.Identity != package.Identity)
                    {
                        Swap(factory.Load(package));
                    }

                    _loadProblem = problem;
                    return true;
                }
                catch (ModelRefusedException refused)
                {
                    problem ??= refused.Message;
                    OnRefused(version, refused);
                }
            }

            _loadProblem = problem;
            return Champion is not null;
        }
    }

    /// <summary>
    /// Warms a model up and makes it the champion; leases of the one before go on with theirs, and nobody serves beside it. Takes the
    /// runner over and disposes it when its last lease is given back, or at once when it is refused.
    /// </summary>
    /// <exception cref="ModelRefusedException">It failed in warm-up; the one before stays current.</exception>
    public void Swap(IModelRunner runner) => Put(new ServingSet(WarmedUp(runner)));

    /// <summary>
    /// Loads and warms up what <paramref name="plan"/> names and does not serve yet; what serves goes on meanwhile, and afterwards until
    /// the answer is committed. One caller at a time.
    /// </summary>
    /// <param name="load">Reads, checks and loads a version; the pool takes its runner over.</param>
    /// <exception cref="ModelRefusedException">A version cannot be loaded or failed in warm-up; nothing has changed.</exception>
    public PreparedModels Prepare(ServingPlan plan, Func<string, IModelRunner> load)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(load);
        var held = new List<ServingModel>();
        try
        {
            var serving = Volatile.Read(ref _serving);
            var champion = Hold(plan.Champion);
            return new PreparedModels(
                this, new ServingSet(champion, Shared(plan.Challenger, "challenger"), Shared(plan.Shadow, "shadow")));

            ServingModel Hold(string version)
            {
                var model = serving?.Models.FirstOrDefault(model => model.Identity.Version == version);
                if (model is null || !model.TryAcquire()) model = WarmedUp(version, load);
                held.Add(model);
                return model;
            }

            SharedModel? Shared(PlannedShare? planned, string role)
            {
                if (planned is null) return null;
                var model = Hold(planned.Version);
                var share = CustomerShare.Of(planned.Share, model.Identity, role);
                if (role == "challenger") return new SharedModel(model, share, null);

                // A shadow that stays keeps what was noted of it.
                var tally = serving?.Shadow is { } before && before.Share == share ? before.Tally : new ShadowTally(share);
                return new SharedModel(model, share, tally);
            }
        }
        catch
        {
            foreach (var model in held) model.Release();
            throw;
        }
    }

    /// <summary>Warms a version up as if it were to serve, and lets it go.</summary>
    /// <exception cref="ModelRefusedException">It failed.</exception>
    public void Try(IModelRunner runner) => WarmedUp(runner).Release();

    /// <summary>Notes a model that served before this start, so that what it scored names it.</summary>
    internal void Know(ModelIdentity model) => _names[model.Stamp] = model.ToString();

    /// <summary>Puts models to work in place of those before; cannot fail. The set's references become the pool's.</summary>
    internal void Put(ServingSet set)
    {
        var before = Interlocked.Exchange(ref _serving, set);
        _loadProblem = null;
        foreach (var model in set.Models) Know(model.Identity);
        Corrections.Correct(set.Models);
        if (before?.Champion != set.Champion)
        {
            PoolLog.Serving(_logger, set.Champion.Identity, set.Champion.Accelerator, before?.Champion.Identity.ToString() ?? "none");
        }

        before?.Release();
        if (_isClosed)
        {
            Interlocked.Exchange(ref _serving, null)?.Release();
        }
    }

    public IModelLease Lease()
    {
        while (true)
        {
            var set = Volatile.Read(ref _serving);
            if (set is null) return Open(null);
            var champion = set.Champion.Breaker.IsOpen ? null : set.Champion;

            // Retired between the two lines: the next set is in place already.
            if (champion is not null && !champion.TryAcquire()) continue;
            var lease = Open(champion);
            if (set.Challenger is { } challenger && IsHeld(challenger.Model)) lease.Attach(Open(challenger.Model), challenger.Share);
            if (set.Shadow is { } shadow && IsHeld(shadow.Model)) lease.Attach(Open(shadow.Model), shadow.Tally!);
            return lease;
        }

        static bool IsHeld(ServingModel model) => !model.Breaker.IsOpen && model.TryAcquire();
    }

    public string? NameOf(uint stamp) => _names.GetValueOrDefault(stamp);

    public ValueTask<ScoreReply> ScoreAsync(ScoreRequest request, TimeSpan timeout, CancellationToken cancellationToken) =>
        _batcher.ScoreAsync(request, timeout, cancellationToken);

    /// <summary>Settles what waits, then lets the model go; open leases keep theirs until they are given back.</summary>
    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        _loadProblem = "The pool is closed.";
        await _batcher.DisposeAsync().ConfigureAwait(false);
        Interlocked.Exchange(ref _serving, null)?.Release();
    }

    private ModelLease Open(ServingModel? acquired)
    {
        ModelLease? lease = null;
        for (var i = 0; i < _leases.Length && lease is null; i++)
        {
            if (_leases[i] is not null)
            {
                lease = Interlocked.Exchange(ref _leases[i], null);
            }
        }

        lease ??= new ModelLease(this);
        lease.Open(acquired);
        return lease;
    }

    private ServingModel WarmedUp(string version, Func<string, IModelRunner> load)
    {
        try
        {
            return WarmedUp(load(version));
        }
        catch (ModelRefusedException refused)
        {
            OnRefused(version, refused);
            throw;
        }
    }

    private ServingModel WarmedUp(IModelRunner runner)
    {
        ArgumentNullException.ThrowIfNull(runner);
        try
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            var sizes = WarmUp.Run(runner, _options, _time);
            var model = new ServingModel(runner, new FailureBreaker(_options.FailuresMax, _options.CoolDown, _time));
            PoolLog.WarmedUp(_logger, model.Identity, string.Join(", ", sizes.Rows.TakeWhile(rows => rows <= _options.WarmUpRowsMax)));
            return model;
        }
        catch
        {
            runner.Dispose();
            throw;
        }
    }

    private IReadOnlyList<string> VersionsToTry(ModelRepository repository, ref string? problem)
    {
        if (_options.ModelVersion is { } configured)
        {
            return [configured];
        }

        try
        {
            var versions = repository.Versions(_options.ModelName);
            if (versions.Count == 0)
            {
                problem = $"Model {_options.ModelName} has no version in the repository. Train one, or copy one there.";
                PoolLog.NoVersion(_logger, _options.ModelName);
            }

            return versions;
        }
        catch (ModelRefusedException refused)
        {
            problem = refused.Message;
            OnRefused("*", refused);
            return [];
        }
    }

    private void OnRefused(string version, ModelRefusedException refused)
    {
        _instruments.Refused(refused.Reason);
        PoolLog.Refused(_logger, _options.ModelName, version, refused.Message);
    }

    internal void Return(ModelLease lease)
    {
        for (var i = 0; i < _leases.Length; i++)
        {
            if (_leases[i] is null && Interlocked.CompareExchange(ref _leases[i], lease, null) is null)
            {
                return;
            }
        }
    }

    internal ScoreOutcome Step(ServingModel? serving, ScoreBatch batch)
    {
        var outcome = ScoreOutcome.Scored;
        if (serving is null)
        {
            outcome = ScoreOutcome.NoModel;
        }
        else if (batch.Rows > 0)
        {
            outcome = Run(serving, batch, null);
        }

        _instruments.Settled(outcome, batch.Rows);
        return outcome;
    }

    internal ScoreOutcome Fold(ServingModel? serving, FoldRequest request)
    {
        var outcome = serving is null ? ScoreOutcome.NoModel : Run(serving, null, request);
        _instruments.Folded(outcome);
        return outcome;
    }

    /// <summary>One run, of a batch or of a sequence, with everything that can go wrong turned into an outcome.</summary>
    private ScoreOutcome Run(ServingModel serving, ScoreBatch? batch, FoldRequest? request)
    {
        var ids = batch is not null
            ? batch.Ids.AsSpan(0, batch.Rows * ModelContract.TokenIds)
            : request!.Ids.AsSpan(0, request.Length * ModelContract.TokenIds);
        if (ids.IsEmpty || !ContractCheck.AreIdsInRange(ids))
        {
            OnFailure(serving, RunFailure.InputInvalid, null);
            return ScoreOutcome.Failed;
        }

        var failure = RunFailure.OutputNotFinite;
        Exception? thrown = null;
        _callers.Wait();
        var started = _time.GetTimestamp();
        try
        {
            var isFinite = batch is not null ? serving.TryStep(batch) : serving.TryFold(request!);
            var seconds = _time.GetElapsedTime(started).TotalSeconds;
            if (batch is not null)
            {
                _instruments.Stepped(batch.Rows, seconds);
            }
            else
            {
                _instruments.FoldRun(seconds);
            }

            if (isFinite)
            {
                serving.Breaker.Succeeded();
                return ScoreOutcome.Scored;
            }
        }
        catch (Exception error)
        {
            // The edge to a foreign runtime: whatever it throws fails this run and no more.
            failure = RunFailure.Exception;
            thrown = error;
        }
        finally
        {
            _callers.Release();
        }

        if (!(batch is not null ? ContractCheck.AreInputsFinite(batch) : ContractCheck.AreInputsFinite(request!)))
        {
            failure = RunFailure.InputInvalid;
        }

        OnFailure(serving, failure, thrown);
        return ScoreOutcome.Failed;
    }

    private void OnFailure(ServingModel serving, RunFailure failure, Exception? thrown)
    {
        _instruments.RunFailed(failure);
        var failures = Interlocked.Increment(ref _failures);
        if ((failures - 1) % _options.FailuresPerLogEntry == 0)
        {
            PoolLog.RunFailed(_logger, serving.Identity, failure, failures, thrown);
        }

        // Rows outside the contract say nothing about the model.
        if (failure != RunFailure.InputInvalid && serving.Breaker.Failed())
        {
            PoolLog.Broken(_logger, serving.Identity, _options.FailuresMax, _options.CoolDown);
        }
    }
}
