using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Pool;

/// <summary>
/// Serves the champion model. A lease pins the version it was given until it is disposed, across <see cref="Swap"/>. Without a usable model
/// the pool stays up and says so: leases hold no model, <see cref="Problem"/> says why. Thread-safe.
/// </summary>
public sealed partial class InferencePool : IScorer, IAsyncDisposable
{
    private readonly InferenceOptions _options;
    private readonly InferenceInstruments _instruments;
    private readonly TimeProvider _time;
    private readonly ILogger<InferencePool> _logger;
    private readonly SemaphoreSlim _callers;
    private readonly ModelLease?[] _leases;
    private readonly MicroBatcher _batcher;
    private readonly Lock _loading = new();
    private ServingModel? _current;
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
        _leases = new ModelLease?[options.CallersMax * 2];
        _batcher = new MicroBatcher(this, options, instruments, time, logger);
        instruments.Observe(() => Current is not null, _batcher.QueueLength);
    }

    /// <summary>The model that a lease would hold now, or null when none is usable.</summary>
    public ModelIdentity? Current => Volatile.Read(ref _current) is { } serving && !serving.Breaker.IsOpen ? serving.Identity : null;

    /// <summary>What is degraded and why, or null when all is well: no model, a broken model, a refused newer version.</summary>
    public string? Problem => Volatile.Read(ref _current) is { } serving && serving.Breaker.IsOpen
        ? $"Model {serving.Identity} failed {_options.FailuresMax} times in a row and rests for {_options.CoolDown.TotalSeconds:0.#} s; "
          + "scores are degraded until then."
        : _loadProblem;

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
                    if (Volatile.Read(ref _current)?.Identity != package.Identity)
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
            return Volatile.Read(ref _current) is not null;
        }
    }

    /// <summary>
    /// Warms a model up and makes it current; leases of the one before go on with theirs. Takes the runner over and disposes it when its
    /// last lease is given back, or at once when it is refused.
    /// </summary>
    /// <exception cref="ModelRefusedException">It failed in warm-up; the one before stays current.</exception>
    public void Swap(IModelRunner runner)
    {
        ArgumentNullException.ThrowIfNull(runner);
        ServingModel serving;
        try
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            WarmUp.Run(runner, _options.WarmUpRowsMax);
            serving = new ServingModel(runner, new FailureBreaker(_options.FailuresMax, _options.CoolDown, _time));
        }
        catch
        {
            runner.Dispose();
            throw;
        }

        var before = Interlocked.Exchange(ref _current, serving);
        _loadProblem = null;
        LogServing(_logger, serving.Identity, runner.Accelerator, before?.Identity.ToString() ?? "none");
        before?.Release();
        if (_isClosed)
        {
            Interlocked.Exchange(ref _current, null)?.Release();
        }
    }

    public IModelLease Lease()
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
        lease.Open(Acquire());
        return lease;
    }

    public ValueTask<ScoreReply> ScoreAsync(ScoreRequest request, TimeSpan timeout, CancellationToken cancellationToken) =>
        _batcher.ScoreAsync(request, timeout, cancellationToken);

    /// <summary>Settles what waits, then lets the model go; open leases keep theirs until they are given back.</summary>
    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        _loadProblem = "The pool is closed.";
        await _batcher.DisposeAsync().ConfigureAwait(false);
        Interlocked.Exchange(ref _current, null)?.Release();
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
                LogNoVersion(_logger, _options.ModelName);
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
        LogRefused(_logger, _options.ModelName, version, refused.Message);
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
            LogRunFailed(_logger, serving.Identity, failure, failures, thrown);
        }

        // Rows outside the contract say nothing about the model.
        if (failure != RunFailure.InputInvalid && serving.Breaker.Failed())
        {
            LogBroken(_logger, serving.Identity, _options.FailuresMax, _options.CoolDown);
        }
    }

    private ServingModel? Acquire()
    {
        while (true)
        {
            var serving = Volatile.Read(ref _current);
            if (serving is null || serving.Breaker.IsOpen)
            {
                return null;
            }

            if (serving.TryAcquire())
            {
                return serving;
            }

            // Retired between the two lines; the next one is in place already.
        }
    }

    [LoggerMessage(2000, LogLevel.Information, "Model {Model} serves on {Accelerator}, in place of {Before}")]
    private static partial void LogServing(ILogger logger, ModelIdentity model, Accelerator accelerator, string before);

    [LoggerMessage(2001, LogLevel.Warning, "Model {Name}/{Version} is refused: {Problem}")]
    private static partial void LogRefused(ILogger logger, string name, string version, string problem);

    [LoggerMessage(2002, LogLevel.Warning, "Model {Name} has no version in the repository; scores are degraded")]
    private static partial void LogNoVersion(ILogger logger, string name);

    [LoggerMessage(2003, LogLevel.Warning, "A run of model {Model} failed ({Failure}); {Failures} failed runs so far")]
    private static partial void LogRunFailed(ILogger logger, ModelIdentity model, RunFailure failure, long failures, Exception? error);

    [LoggerMessage(2004, LogLevel.Error, "Model {Model} failed {Failures} times in a row and rests for {CoolDown}; scores are degraded")]
    private static partial void LogBroken(ILogger logger, ModelIdentity model, int failures, TimeSpan coolDown);
}
