using Microsoft.Extensions.Logging;
using RealtimeInsight.Engine.Learning;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Notices;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Engine.Work;

namespace RealtimeInsight.Engine.Commit;

/// <summary>
/// The one writer: commits whatever waits as one transaction, then acknowledges. While the store fails nothing is acknowledged and the
/// same group is tried again with growing waits, until it works or the engine is stopped.
/// </summary>
internal sealed class CommitLoop : IStepped
{
    private readonly IEngineStore _store;
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly NoticeHub _notices;
    private readonly EngineInstruments _instruments;
    private readonly ILogger _logger;
    private readonly WakeSignal _wake = new();
    private readonly ITimer _retryTimer;
    private readonly CommitGroup _group = new();
    private readonly List<CommitUnit> _units = [];
    private readonly long[] _firstUnsaved;
    private readonly Dictionary<long, int> _segmentShares;
    private readonly List<(long Offset, TaskCompletionSource Passed)> _passing = [];
    private TimeSpan _retryWait;
    private long _retryAt;
    private int _tries;
    private long _checkpoint;
    private long _committed;
    private string? _problem;
    private volatile bool _isStopping;
    private volatile bool _isGivingUp;
    private volatile bool _isRetrying = true;

    public CommitLoop(
        IEngineStore store, RecoveredState recovered, EngineOptions options, TimeProvider time, NoticeHub notices,
        EngineInstruments instruments, ILogger logger)
    {
        _store = store;
        _options = options;
        _time = time;
        _notices = notices;
        _instruments = instruments;
        _logger = logger;
        Checkpoint = recovered.Checkpoint;
        CommittedOffset = recovered.NextOffset;
        _segmentShares = recovered.SegmentShares;
        _firstUnsaved = recovered.FirstUnsaved;
        Queue = new CommitQueue(recovered.NextOffset, _wake);
        _retryTimer = time.CreateTimer(
            static signal => ((WakeSignal)signal!).Set(), _wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public CommitQueue Queue { get; }

    /// <summary>True when nothing will be committed any more.</summary>
    public bool IsLost => _isGivingUp;

    /// <summary>Everything below is durable.</summary>
    public long CommittedOffset
    {
        get => Volatile.Read(ref _committed);
        private set => Volatile.Write(ref _committed, value);
    }

    /// <summary>Everything below is durable and in saved states: a start replays from here.</summary>
    public long Checkpoint
    {
        get => Volatile.Read(ref _checkpoint);
        private set => Volatile.Write(ref _checkpoint, value);
    }

    /// <summary>Done once the checkpoint has reached an offset.</summary>
    /// <exception cref="EngineUnavailableException">Nothing is committed any more.</exception>
    public Task PassedAsync(long offset)
    {
        lock (_passing)
        {
            if (Checkpoint >= offset) return Task.CompletedTask;
            if (_isGivingUp) return Task.FromException(Unsaved());
            var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _passing.Add((offset, passed));
            return passed.Task;
        }
    }

    /// <summary>Why nothing is committed now; null when all is well.</summary>
    public string? Problem
    {
        get => Volatile.Read(ref _problem);
        private set => Volatile.Write(ref _problem, value);
    }

    /// <summary>Called with the number of new entries after each commit that holds some.</summary>
    public Action<int>? OutboxChanged { get; set; }

    /// <summary>Hears of what is committed; null: nothing is learned.</summary>
    public EngineLearning? Learning { get; init; }

    public string Name => "commit";

    public WakeSignal Signal => _wake;

    /// <summary>Commits what is queued, then ends.</summary>
    public void Stop()
    {
        _isStopping = true;
        _wake.Set();
    }

    /// <summary>
    /// From now on a failing commit is tried once more and then given up, with all that is queued; with <paramref name="giveUp"/> nothing
    /// is committed any more at all.
    /// </summary>
    public void StopRetrying(bool giveUp)
    {
        _isGivingUp |= giveUp;
        _isRetrying = false;
        _wake.Set();
    }

    /// <summary>One transaction, or one more try of the one that failed.</summary>
    public StepOutcome Step()
    {
        if (_tries == 0)
        {
            Queue.Take(_units, _options.CommitUnitsMax, _options.CommitBytesMax);
            if (_units.Count == 0)
            {
                if (!_isStopping) return StepOutcome.Wait;
                _retryTimer.Dispose();
                return StepOutcome.End;
            }

            var isFilled = TryFill();
            if (!isFilled || _group.IsEmpty)
            {
                Finish(isCommitted: isFilled);
                return StepOutcome.Again;
            }

            _retryWait = _options.CommitRetryMin;
        }
        else if (!_isGivingUp && _isRetrying && _time.GetTimestamp() < _retryAt)
        {
            return StepOutcome.Wait;
        }

        if (TryCommit()) Finish(isCommitted: true);
        else if (_isGivingUp) Finish(isCommitted: false);
        else return WaitBeforeRetry();
        return StepOutcome.Again;
    }

    private void Finish(bool isCommitted)
    {
        _tries = 0;
        Settle(isCommitted);
        _units.Clear();
    }

    private bool TryFill()
    {
        if (_isGivingUp) return false;
        try
        {
            Fill();
            return true;
        }
        catch (Exception exception)
        {
            Lose(exception);
            return false;
        }
    }

    private void Fill()
    {
        _group.Clear();
        var end = CommittedOffset;
        var hasSaved = false;
        foreach (var unit in _units)
        {
            if (unit.Log is { } log)
            {
                _group.Rows.Add(log.ToRow());
                foreach (var alias in unit.Aliases) _group.Aliases.Add(alias with { Offset = log.FirstOffset + alias.Offset });
                end = log.EndOffset;
                if (unit.Shard >= 0) _firstUnsaved[unit.Shard] = Math.Min(_firstUnsaved[unit.Shard], log.FirstOffset);
            }

            _group.Decisions.AddRange(unit.Decisions);
            _group.Outcomes.AddRange(unit.Outcomes);
            _group.Outbox.AddRange(unit.Outbox);
            _group.Attempts.AddRange(unit.Attempts);
            _group.Rejects.AddRange(unit.Rejects);
            foreach (var row in unit.Controls)
            {
                var isInUnit = row is EraseRow { IsDone: false };
                _group.Controls.Add(isInUnit ? (EraseRow)row with { Record = unit.Log!.FirstOffset + ((EraseRow)row).Record } : row);
            }

            if (unit.Saved is not { } saved) continue;
            Fill(saved, unit.Shard);
            hasSaved = true;
        }

        if (hasSaved) _group.Checkpoint = Math.Max(Checkpoint, Math.Min(end, _firstUnsaved.Min()));
    }

    private void Fill(SavedStates saved, int shard)
    {
        _firstUnsaved[shard] = saved.FirstUnsaved;
        _group.Segments.Add(saved.States.ToSegment(saved.Number));
        _segmentShares[saved.Number] = 1;

        foreach (var number in saved.Released)
        {
            if (--_segmentShares[number] > 0) continue;
            _segmentShares.Remove(number);
            _group.DroppedSegments.Add(number);
        }
    }

    /// <summary>True when the group is committed. Else it is to be tried again, unless the loop is giving up.</summary>
    private bool TryCommit()
    {
        if (_isGivingUp) return false;
        _tries++;
        try
        {
            var started = _time.GetTimestamp();
            _store.Commit(_group);
            _instruments.Committed(_time.GetElapsedTime(started), _units.Count);
            if (Problem is not null) EngineLog.CommitWorksAgain(_logger, _tries);
            Problem = null;
            if (_group.Checkpoint >= 0) MoveCheckpoint(_group.Checkpoint);
            return true;
        }
        catch (StoreUnavailableException exception)
        {
            Problem = exception.Message;
            _instruments.CommitFailed();
            EngineLog.CommitFailed(_logger, _tries, _retryWait, exception.Message);
            _isGivingUp |= !_isRetrying;
        }
        catch (Exception exception)
        {
            Lose(exception);
        }

        return false;
    }

    private void MoveCheckpoint(long checkpoint)
    {
        lock (_passing)
        {
            Checkpoint = checkpoint;
            foreach (var (offset, passed) in _passing)
            {
                if (offset <= checkpoint) passed.TrySetResult();
            }

            _passing.RemoveAll(waiting => waiting.Offset <= checkpoint);
        }
    }

    /// <summary>Damage or a defect: trying again would not help, and acknowledging would be a lie.</summary>
    private void Lose(Exception exception)
    {
        Problem = $"the store is unusable: {exception.Message}";
        _instruments.CommitFailed();
        EngineLog.CommitLost(_logger, exception);
        lock (_passing)
        {
            _isGivingUp = true;
            foreach (var (_, passed) in _passing) passed.TrySetException(Unsaved());
            _passing.Clear();
        }
    }

    private EngineUnavailableException Unsaved() => new(Problem ?? "the engine is stopping; ask again when it runs");

    private StepOutcome WaitBeforeRetry()
    {
        _retryAt = _time.GetTimestamp() + (long)(_retryWait.TotalSeconds * _time.TimestampFrequency);
        _retryTimer.Change(_retryWait, Timeout.InfiniteTimeSpan);
        _retryWait = _retryWait * 2 < _options.CommitRetryMax ? _retryWait * 2 : _options.CommitRetryMax;
        return StepOutcome.Wait;
    }

    private void Settle(bool isCommitted)
    {
        var added = 0;
        foreach (var unit in _units)
        {
            if (isCommitted) Learning?.Committed(unit);
            if (unit.Log is { } log)
            {
                if (isCommitted) CommittedOffset = log.EndOffset;
                Queue.Remove(log);
                log.Release();
                unit.Log = null;
            }

            unit.Saved?.States.Clear();
            added += unit.Outbox.Count;
            foreach (var ticket in unit.Tickets) Settle(ticket, isCommitted);
            unit.Settled?.Invoke(isCommitted);
            if (!isCommitted) continue;
            foreach (var notice in unit.Notices) _notices.Publish(notice);
        }

        if (added > 0 && isCommitted) OutboxChanged?.Invoke(added);
    }

    private void Settle(IngestTicket ticket, bool isCommitted)
    {
        if (!isCommitted) ticket.Fail(Problem ?? "the engine is stopping; send the batch again");
        else if (ticket.Done()) _instruments.Acknowledged(_time.GetElapsedTime(ticket.StartedAt));
    }
}

/// <summary>Where the commit loop goes on after a recovery.</summary>
/// <param name="SegmentShares">For each segment the number of shards that have a newest state in it.</param>
/// <param name="FirstUnsaved">For each shard the oldest record that no saved state includes.</param>
internal sealed record RecoveredState(
    long NextOffset, long Checkpoint, Dictionary<long, int> SegmentShares, long[] FirstUnsaved);
