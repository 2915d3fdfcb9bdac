using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Engine.Work;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// The work of one shard: answers reads first, then runs turns while the commit keeps up, and waits until something arrives or is due.
/// Nothing is polled. Whoever looks for one customer while it waits does so on a thread of their own.
/// </summary>
internal sealed class ShardLoop : IStepped
{
    /// <summary>A wall clock that was set forward is noticed this late, where nothing else happens.</summary>
    private const long ClockLookMs = 60_000;

    private readonly Shard _shard;
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WakeSignal _wake = new();
    private readonly Lock _step = new();
    private readonly Channel<IngestPart> _inbox;
    private readonly Channel<IShardQuery> _queries;
    private readonly List<IngestPart> _parts = [];
    private readonly Action<bool> _settled;
    private readonly ITimer _timer;
    private IngestPart? _end;
    private long _readAgainAt;
    private int _readTries;
    private string? _readProblem;
    private int _inFlight;
    private string? _failure;
    private bool _hasEnded;
    private volatile bool _isStepDue;
    private volatile bool _isStopping;
    private volatile bool _isAborting;

    public ShardLoop(Shard shard, EngineOptions options, TimeProvider time, ILogger logger)
    {
        _shard = shard;
        _options = options;
        _time = time;
        _logger = logger;
        _inbox = Channel.CreateBounded<IngestPart>(new BoundedChannelOptions(options.InboxPartsMax) { SingleReader = true });
        _queries = Channel.CreateBounded<IShardQuery>(new BoundedChannelOptions(options.QueriesMax) { SingleReader = true });
        _settled = _ =>
        {
            Interlocked.Decrement(ref _inFlight);
            _wake.Set();
        };
        _timer = time.CreateTimer(_ => _wake.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Name = $"shard {shard.Index}";
    }

    public Shard Shard => _shard;

    /// <summary>Why the shard cannot go on for now; null when all is well.</summary>
    public string? ReadProblem => Volatile.Read(ref _readProblem);

    /// <summary>Why the shard has stopped working; null when all is well.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    public string Name { get; }

    public WakeSignal Signal => _wake;

    /// <summary>Parts that can be queued now without waiting.</summary>
    public int InboxRoom => _options.InboxPartsMax - _inbox.Reader.Count;

    /// <summary>Queues events; waits while the inbox is full.</summary>
    public async ValueTask EnqueueAsync(IngestPart part, CancellationToken cancellationToken)
    {
        await Write(_inbox.Writer, part, cancellationToken).ConfigureAwait(false);
        _wake.Set();
    }

    /// <summary>Asks before the shard's next turn.</summary>
    public Task<T> AskAsync<T>(Func<Shard, T> ask, CancellationToken cancellationToken) =>
        QueueAsync(new ShardQuery<T>(ask, isLook: false), cancellationToken);

    /// <summary>Looks at once, on the caller's thread, while the shard waits; else asks. For what is looked at quickly.</summary>
    public Task<T> LookAsync<T>(Func<Shard, T> look, CancellationToken cancellationToken)
    {
        var query = new ShardQuery<T>(look, isLook: true);
        return TryAnswer(query) ? query.Task : QueueAsync(query, cancellationToken);
    }

    /// <summary>Takes no more, finishes what is queued, saves every changed customer, then ends.</summary>
    public void Stop()
    {
        _inbox.Writer.TryComplete();
        _isStopping = true;
        _wake.Set();
    }

    /// <summary>Ends as a crash does: nothing more is done, what waits is failed.</summary>
    public void Abort()
    {
        _isAborting = true;
        Stop();
    }

    private async Task<T> QueueAsync<T>(ShardQuery<T> query, CancellationToken cancellationToken)
    {
        await Write(_queries.Writer, query, cancellationToken).ConfigureAwait(false);
        _wake.Set();
        return await query.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask Write<T>(ChannelWriter<T> writer, T item, CancellationToken cancellationToken)
    {
        try
        {
            await writer.WriteAsync(item, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException exception)
        {
            throw new EngineUnavailableException("the engine is stopping; try again when it runs", exception);
        }
    }

    public StepOutcome Step()
    {
        // Those who look from now on ask: one after the other could keep the shard waiting.
        _isStepDue = true;
        lock (_step)
        {
            _isStepDue = false;
            return StepAlone();
        }
    }

    private StepOutcome StepAlone()
    {
        try
        {
            var outcome = Work();
            if (outcome == StepOutcome.End) End();
            return outcome;
        }
        catch (Exception exception)
        {
            // The state in memory may be half changed: the shard does nothing more, and says so to whoever comes.
            EngineLog.ShardFailed(_logger, _shard.Index, exception);
            var what = exception is StoreException ? exception.Message : $"an unexpected error ({exception.GetType().Name})";
            Volatile.Write(ref _failure, $"shard {_shard.Index} stopped on {what}; start the engine again");
            foreach (var part in _parts) part.Ticket.Fail(_failure!);
            End();
            return StepOutcome.End;
        }
    }

    private StepOutcome Work()
    {
        if (_isAborting) return StepOutcome.End;

        // Looked at once: a stop that comes during the step finds everything saved by the next.
        var isStopping = _isStopping;
        AnswerQueries();
        if (Volatile.Read(ref _inFlight) >= _options.UnitsInFlightMax) return StepOutcome.Wait;
        if (_shard.Memory.IsCrowded && MakeRoom() is { } outcome) return outcome;
        if (_end is null && _parts.Count == 0) Collect();
        if (_parts.Count > 0 || IsDue())
        {
            if (!TryPrepare()) return StepOutcome.Wait;
            RunTurn(_parts);
        }
        else if (_end is { } end)
        {
            RunTowards(end);
        }
        else if (!Save(isAll: isStopping || _shard.Memory.IsCrowded))
        {
            if (isStopping && _inbox.Reader.Completion.IsCompleted) return StepOutcome.End;
            if (!isStopping) return WaitUntilDue();
        }

        return StepOutcome.Again;
    }

    /// <summary>Those that wait now: whoever asks again at once is answered after the next turn, and holds none up.</summary>
    /// <param name="looksOnly">Up to the first that asks for more.</param>
    private void AnswerQueries(bool looksOnly = false)
    {
        for (var left = _queries.Reader.Count; left > 0 && _queries.Reader.TryPeek(out var query) && (query.IsLook || !looksOnly); left--)
        {
            _queries.Reader.TryRead(out _);
            Answer(query);
        }
    }

    /// <summary>Answers on the caller's own thread, unless the shard is at work, has ended, or asks itself.</summary>
    private bool TryAnswer(IShardQuery query)
    {
        if (_isStepDue || _step.IsHeldByCurrentThread || !_step.TryEnter()) return false;
        try
        {
            if (_hasEnded) return false;
            var resident = _shard.Customers.Resident.Count;
            Answer(query);

            // Who was read from the store takes room that others may have to make.
            if (_shard.Customers.Resident.Count != resident) _wake.Set();
            return true;
        }
        finally
        {
            _step.Exit();
        }
    }

    private void Answer(IShardQuery query)
    {
        try
        {
            query.Run(_shard);
        }
        catch (Exception exception)
        {
            EngineLog.QueryFailed(_logger, exception);
            query.Fail(exception);
        }
    }

    private void Collect()
    {
        var events = 0;
        while (events < _options.BatchEventsMax && _inbox.Reader.TryRead(out var part))
        {
            if (part.RunsToEnd)
            {
                _end = part;
                return;
            }

            _parts.Add(part);
            if (part.Command is not null) return;
            events += part.Count;
        }
    }

    private bool IsDue()
    {
        var now = _options.Clock == EngineClock.EventTime ? _shard.Now : Instant.From(_time.GetUtcNow());
        return _shard.HasOverdue || _shard.Wheel.NextLook() <= now.UnixMs;
    }

    /// <summary>
    /// Lets customers leave memory. While it is full, changed ones are saved and nothing else is done: then the answer says what is to
    /// follow.
    /// </summary>
    private StepOutcome? MakeRoom()
    {
        _shard.Memory.MakeRoom();
        if (!_shard.Memory.IsFull) return null;
        if (Save(isAll: true)) return StepOutcome.Again;
        return Volatile.Read(ref _inFlight) > 0 ? StepOutcome.Wait : null;
    }

    /// <summary>Brings into memory what the turn needs; while the store cannot be read, the turn waits and is tried again.</summary>
    private bool TryPrepare()
    {
        if (_readTries > 0 && _time.GetTimestamp() < _readAgainAt) return false;
        try
        {
            _shard.Prepare(_parts);
            if (_readTries > 0) EngineLog.ReadsWorkAgain(_logger, _shard.Index, _readTries + 1);
            _readTries = 0;
            Volatile.Write(ref _readProblem, null);
            return true;
        }
        catch (StoreUnavailableException exception)
        {
            if (_isStopping)
            {
                foreach (var part in _parts) part.Ticket.Fail(exception.Message);
                throw;
            }

            var wait = _options.CommitRetryMin * Math.Pow(2, Math.Min(_readTries, 16));
            if (wait > _options.CommitRetryMax) wait = _options.CommitRetryMax;
            _readTries++;
            _readAgainAt = _time.GetTimestamp() + (long)(wait.TotalSeconds * _time.TimestampFrequency);
            Volatile.Write(ref _readProblem, exception.Message);
            EngineLog.ReadFailed(_logger, _shard.Index, _readTries, wait, exception);
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
            return false;
        }
    }

    private void RunTurn(List<IngestPart> parts)
    {
        Interlocked.Increment(ref _inFlight);
        _shard.Unit.Settled = _settled;
        if (!_shard.RunTurn(parts)) Interlocked.Decrement(ref _inFlight);
        foreach (var part in parts)
        {
            part.Command?.Finished(_shard);
            part.Release();
        }

        parts.Clear();
        AnswerQueries(looksOnly: true);
        Save(isAll: _shard.Memory.IsCrowded);
    }

    private void RunTowards(IngestPart end)
    {
        if (_shard.Wheel.Count == 0)
        {
            _end = null;
            _parts.Add(end);
            RunTurn(_parts);
            return;
        }

        Interlocked.Increment(ref _inFlight);
        _shard.Unit.Settled = _settled;
        if (!_shard.RunTowardsEnd()) Interlocked.Decrement(ref _inFlight);
    }

    private bool Save(bool isAll)
    {
        if (_shard.Saver.Save(_shard.Index, isAll) is not { } unit) return false;
        unit.Settled += _settled;
        Interlocked.Increment(ref _inFlight);
        _shard.Queue.Enqueue(unit);
        return true;
    }

    private StepOutcome WaitUntilDue()
    {
        var wait = Timeout.InfiniteTimeSpan;
        if (_shard.Saver.DueIn() is { } save) wait = save;
        if (_options.Clock == EngineClock.Wall && _shard.Wheel.NextLook() is < long.MaxValue and var look)
        {
            var left = TimeSpan.FromMilliseconds(Math.Clamp(look - Instant.From(_time.GetUtcNow()).UnixMs, 1, ClockLookMs));
            if (wait == Timeout.InfiniteTimeSpan || left < wait) wait = left;
        }

        _timer.Change(wait, Timeout.InfiniteTimeSpan);
        return StepOutcome.Wait;
    }

    /// <summary>Whoever waits gets an answer, also those who come while the engine notices.</summary>
    private void End()
    {
        _hasEnded = true;
        _timer.Dispose();
        var why = _failure ?? "the engine is stopping; try again when it runs";
        _inbox.Writer.TryComplete();
        _queries.Writer.TryComplete();
        while (_inbox.Reader.TryRead(out var part)) part.Ticket.Fail(why);
        _end?.Ticket.Fail(why);
        while (_queries.Reader.TryRead(out var query)) query.Fail(new EngineUnavailableException(why));
    }
}
