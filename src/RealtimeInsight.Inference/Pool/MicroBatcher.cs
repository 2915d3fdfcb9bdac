using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Inference.Pool;

/// <summary>
/// Gathers single rows of many callers into batches. A batch leaves when it is full or when the first of its rows has waited its queue
/// delay; higher priorities go first. One loop runs the batches; while it is inside the model, the next batch gathers. Deadlines of waiting
/// rows are kept by a timer of their own, so they hold also while the model is slow.
/// </summary>
internal sealed partial class MicroBatcher : IAsyncDisposable
{
    private const int Priorities = 3;

    /// <summary>Far deadlines are reached in several waits, each within what a timer takes.</summary>
    private const double TimerMsMax = 3_600_000;

    private readonly InferenceOptions _options;
    private readonly InferenceInstruments _instruments;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IScorer _pool;
    private readonly ScoreBatch _batch;
    private readonly List<PendingScore> _taken;
    private readonly Action<object?> _onCancelled;
    private readonly ITimer _timer;
    private readonly Task _loop;

    // One pending pulse is enough: the loop looks at the queues after each.
    private readonly Channel<bool> _pulse = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    // Under _gate: the queues, when a batch has to leave, the earliest deadline, what the timer is set to.
    private readonly Lock _gate = new();
    private readonly Queue<PendingScore>[] _queues = [new(), new(), new()];
    private long _due = long.MaxValue;
    private long _deadline = long.MaxValue;
    private long _timerAt = long.MaxValue;
    private bool _isClosed;

    // Cancelled requests stay in their queue until it is swept; without one a full queue need not be looked through.
    private volatile bool _hasCancelled;

    public MicroBatcher(
        IScorer pool, InferenceOptions options, InferenceInstruments instruments, TimeProvider time, ILogger logger)
    {
        _pool = pool;
        _options = options;
        _instruments = instruments;
        _time = time;
        _logger = logger;
        _batch = new ScoreBatch(options.BatchSizeMax);
        _taken = new List<PendingScore>(options.BatchSizeMax);
        _onCancelled = state =>
        {
            TryAbandon((PendingScore)state!, ScoreOutcome.Cancelled);
            _hasCancelled = true;
        };
        _timer = time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _loop = Task.Run(LoopAsync);
    }

    public int QueueLength(ScorePriority priority)
    {
        lock (_gate)
        {
            return _queues[(int)priority].Count;
        }
    }

    public ValueTask<ScoreReply> ScoreAsync(ScoreRequest request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        CheckShape(request, timeout);
        if (cancellationToken.IsCancellationRequested)
        {
            return Answer(ScoreOutcome.Cancelled);
        }

        // One row outside the contract would fail the whole batch, its neighbours with it.
        if (!ContractCheck.AreIdsInRange(request.Ids.Span) || !ContractCheck.AreInputsFinite(request))
        {
            _instruments.RunFailed(RunFailure.InputInvalid);
            return Answer(ScoreOutcome.Failed);
        }

        if (timeout == TimeSpan.Zero)
        {
            return Answer(ScoreOutcome.TimedOut);
        }

        var now = _time.GetTimestamp();
        var isEndless = timeout == Timeout.InfiniteTimeSpan;
        var delay = isEndless || timeout / 2 > _options.QueueDelayMax ? _options.QueueDelayMax : timeout / 2;
        var pending = new PendingScore(request, now, isEndless ? long.MaxValue : After(now, timeout));
        pending.WatchCancellation(_onCancelled, cancellationToken);
        if (!TryEnqueue(pending, now, After(now, delay)))
        {
            TryAbandon(pending, ScoreOutcome.Rejected);
        }

        return new ValueTask<ScoreReply>(pending.Reply);
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var queue in _queues)
            {
                while (queue.TryDequeue(out var pending))
                {
                    TryAbandon(pending, ScoreOutcome.Rejected);
                }
            }
        }

        _pulse.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
    }

    private static void CheckShape(ScoreRequest request, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfNotEqual(request.Token.Length, ModelContract.TokenFeatures);
        ArgumentOutOfRangeException.ThrowIfNotEqual(request.Ids.Length, ModelContract.TokenIds);
        ArgumentOutOfRangeException.ThrowIfNotEqual(request.Profile.Length, ModelContract.ProfileFeatures);
        ArgumentOutOfRangeException.ThrowIfNotEqual(request.StateIn.Length, ModelContract.StateWidth);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((int)request.Priority, Priorities);
        if (timeout < TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "A time-out is zero, positive or infinite.");
        }
    }

    private bool TryEnqueue(PendingScore pending, long now, long due)
    {
        lock (_gate)
        {
            var queue = _queues[(int)pending.Request.Priority];
            if (_isClosed || (queue.Count >= _options.QueueLengthMax && !(_hasCancelled && TrySweep(now, queue))))
            {
                return false;
            }

            queue.Enqueue(pending);
            _due = Math.Min(_due, due);
            _deadline = Math.Min(_deadline, pending.Deadline);
            if (_due <= now || Waiting() >= _options.BatchSizeMax)
            {
                _pulse.Writer.TryWrite(true);
            }

            SetTimer(now);
            return true;
        }
    }

    /// <summary>Drops what is settled and times out what is due, in all queues; true when <paramref name="wanted"/> has room.</summary>
    private bool TrySweep(long now, Queue<PendingScore> wanted)
    {
        _hasCancelled = false;
        _deadline = long.MaxValue;
        foreach (var queue in _queues)
        {
            for (var left = queue.Count; left > 0; left--)
            {
                var pending = queue.Dequeue();
                if (pending.Deadline <= now)
                {
                    TryAbandon(pending, ScoreOutcome.TimedOut);
                }
                else if (pending.IsWaiting)
                {
                    _deadline = Math.Min(_deadline, pending.Deadline);
                    queue.Enqueue(pending);
                }
            }
        }

        return wanted.Count < _options.QueueLengthMax;
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            var now = _time.GetTimestamp();
            _timerAt = long.MaxValue;
            if (_deadline <= now)
            {
                TrySweep(now, _queues[0]);
            }

            if (_due <= now)
            {
                _pulse.Writer.TryWrite(true);
            }

            SetTimer(now);
        }
    }

    /// <summary>Sets the timer to what comes first; what is due already is the loop's, which has been told.</summary>
    private void SetTimer(long now)
    {
        var at = _due > now ? Math.Min(_due, _deadline) : _deadline;
        if (at < _timerAt)
        {
            _timerAt = at;
            var wait = Math.Clamp(Math.Ceiling(_time.GetElapsedTime(now, at).TotalMilliseconds), 0, TimerMsMax);
            _timer.Change(TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
        }
    }

    private async Task LoopAsync()
    {
        while (await _pulse.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            _pulse.Reader.TryRead(out _);
            while (TryTakeBatch())
            {
                RunBatch();
            }
        }
    }

    private bool TryTakeBatch()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            if (_due > now && Waiting() < _options.BatchSizeMax)
            {
                SetTimer(now);
                return false;
            }

            foreach (var queue in _queues)
            {
                while (_taken.Count < _options.BatchSizeMax && queue.TryDequeue(out var pending))
                {
                    if (pending.Deadline <= now)
                    {
                        TryAbandon(pending, ScoreOutcome.TimedOut);
                    }
                    else if (pending.TryTake())
                    {
                        _instruments.Queued(_time.GetElapsedTime(pending.EnqueuedAt, now).TotalSeconds);
                        _taken.Add(pending);
                    }
                }
            }

            // What is left had to wait for this batch; it does not wait for company as well.
            _due = Waiting() > 0 ? now : long.MaxValue;
            return _taken.Count > 0;
        }
    }

    private void RunBatch()
    {
        var outcome = ScoreOutcome.Failed;
        ModelIdentity? model = null;
        try
        {
            using var lease = _pool.Lease();
            model = lease.Model;
            FillBatch();
            outcome = lease.Step(_batch);
        }
        catch (Exception error)
        {
            // The loop's edge: the callers get their answer, the loop goes on.
            _instruments.Settled(ScoreOutcome.Failed, _taken.Count);
            LogBatchFailed(_logger, _taken.Count, error);
        }

        for (var row = 0; row < _taken.Count; row++)
        {
            _taken[row].Settle(outcome == ScoreOutcome.Scored
                ? new ScoreReply(outcome, _batch.Scores(row), _batch.StateOutRow(row).ToArray(), model)
                : Unscored(outcome));
        }

        _taken.Clear();
    }

    private void FillBatch()
    {
        _batch.Rows = _taken.Count;
        for (var row = 0; row < _taken.Count; row++)
        {
            var request = _taken[row].Request;
            request.Token.Span.CopyTo(_batch.TokenRow(row));
            request.Ids.Span.CopyTo(_batch.IdRow(row));
            request.Profile.Span.CopyTo(_batch.ProfileRow(row));
            request.StateIn.Span.CopyTo(_batch.StateInRow(row));
        }
    }

    private void TryAbandon(PendingScore pending, ScoreOutcome outcome)
    {
        if (pending.TryTake())
        {
            _instruments.Settled(outcome, 1);
            pending.Settle(Unscored(outcome));
        }
    }

    private ValueTask<ScoreReply> Answer(ScoreOutcome outcome)
    {
        _instruments.Settled(outcome, 1);
        return ValueTask.FromResult(Unscored(outcome));
    }

    private static ScoreReply Unscored(ScoreOutcome outcome) => new(outcome, default, ReadOnlyMemory<float>.Empty, null);

    private int Waiting() => _queues[0].Count + _queues[1].Count + _queues[2].Count;

    private long After(long timestamp, TimeSpan span) =>
        timestamp + (long)Math.Min(span.TotalSeconds * _time.TimestampFrequency, 1L << 60);

    [LoggerMessage(2010, LogLevel.Error, "A micro-batch of {Rows} rows was lost to an unexpected error")]
    private static partial void LogBatchFailed(ILogger logger, int rows, Exception error);
}
