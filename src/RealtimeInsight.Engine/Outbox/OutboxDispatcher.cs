using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Notices;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Engine.Work;

namespace RealtimeInsight.Engine.Outbox;

/// <summary>
/// Delivers one channel's actions: reads what is due from the store, sends a few at a time, and commits the result of every attempt.
/// Keeps nothing that a restart could lose; an attempt cut off by a stop is made again. Always on the wall clock.
/// </summary>
internal sealed class OutboxDispatcher : IStepped, IDisposable
{
    private const int DetailLengthMax = 500;
    private static readonly TimeSpan s_readRetry = TimeSpan.FromSeconds(5);
    private readonly IActionChannel _channel;
    private readonly IEngineStore _store;
    private readonly CommitQueue _queue;
    private readonly OutboxOptions _options;
    private readonly RetrySchedule _schedule;
    private readonly OutboxCounters _counters;
    private readonly EngineInstruments _instruments;
    private readonly NoticeHub _notices;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly Queue<OutboxRow> _due = new();
    private readonly ConcurrentDictionary<string, byte> _sending = new(StringComparer.Ordinal);
    private readonly HashSet<string> _busy = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private int _inFlight;
    private volatile bool _isStopping;
    private volatile bool _isLost;

    public OutboxDispatcher(IActionChannel channel, OutboxParts parts)
    {
        _channel = channel;
        _store = parts.Store;
        _queue = parts.Queue;
        _options = parts.Options;
        _schedule = new RetrySchedule(parts.Options);
        _counters = parts.Counters;
        _instruments = parts.Instruments;
        _notices = parts.Notices;
        _time = parts.Time;
        _logger = parts.Logger;
        _timer = _time.CreateTimer(
            static self => ((OutboxDispatcher)self!).Signal.Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string Name => $"outbox {_channel.Name}";

    /// <summary>Set when there may be something new to send.</summary>
    public WakeSignal Signal { get; } = new();

    /// <summary>Cuts off what is being sent and ends when the results of the rest are committed.</summary>
    public void Stop()
    {
        _isStopping = true;
        _stop.Cancel();
        Signal.Set();
    }

    /// <summary>After the end.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        _stop.Dispose();
    }

    /// <summary>Starts what is due and has a slot.</summary>
    public StepOutcome Step()
    {
        var slots = _options.ConcurrencyMax - Volatile.Read(ref _inFlight);
        if (_isStopping) return slots == _options.ConcurrencyMax ? StepOutcome.End : StepOutcome.Wait;
        if (_isLost) return StepOutcome.Wait;
        try
        {
            var wait = _due.Count == 0 ? ReadDue() : TimeSpan.Zero;
            if (wait != TimeSpan.Zero) return WaitFor(wait);
        }
        catch (StoreException exception)
        {
            EngineLog.OutboxUnreadable(_logger, _channel.Name, s_readRetry, exception);
            return WaitFor(s_readRetry);
        }

        for (; slots > 0 && _due.TryDequeue(out var row); slots--)
        {
            _sending.TryAdd(row.DecisionId, 0);
            Interlocked.Increment(ref _inFlight);
            _ = SendAsync(row, _stop.Token);
        }

        return _due.Count > 0 ? StepOutcome.Wait : StepOutcome.Again;
    }

    /// <summary>
    /// Reads what is due; returns how long nothing more will be, zero when something is, infinite when only a signal can bring something.
    /// </summary>
    private TimeSpan ReadDue()
    {
        // What is being sent now may be settled before its row is looked at below: the row read here would then be an old one.
        _busy.Clear();
        foreach (var (decision, _) in _sending) _busy.Add(decision);
        var now = Instant.From(_time.GetUtcNow());
        var due = _store.ReadDueOutbox(_channel.Name, now, _options.BatchMax + _busy.Count);
        foreach (var row in due)
        {
            if (!_busy.Contains(row.DecisionId)) _due.Enqueue(row);
        }

        if (_due.Count > 0) return TimeSpan.Zero;
        if (due.Count > 0) return Timeout.InfiniteTimeSpan;
        var next = _store.NextOutboxDue(_channel.Name);
        return next == Instant.Never
            ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromMilliseconds(Math.Clamp(next.UnixMs - now.UnixMs, 1, 86_400_000));
    }

    private StepOutcome WaitFor(TimeSpan wait)
    {
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
        return StepOutcome.Wait;
    }

    /// <summary>One attempt. Owned by the slot that its caller took; gives it back when the result is committed.</summary>
    private async Task SendAsync(OutboxRow row, CancellationToken stop)
    {
        var attempt = row.Attempts + 1;
        DeliveryResult result;
        try
        {
            var message = new ActionMessage(row.DecisionId, row.CustomerId, row.Type, attempt, row.CreatedAt, row.Body);
            result = await _channel.SendAsync(message, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Release(row);
            return;
        }
        catch (Exception exception)
        {
            // A channel that throws is a channel that failed: this attempt counts and the schedule goes on.
            result = new DeliveryResult(DeliveryStatus.Retry, Detail: $"{exception.GetType().Name}: {exception.Message}");
        }

        Record(row, attempt, result);
    }

    private void Record(OutboxRow row, int attempt, DeliveryResult result)
    {
        var now = Instant.From(_time.GetUtcNow());
        var next = Instant.Never;
        if (result.Status == DeliveryStatus.Retry)
        {
            lock (_schedule) next = _schedule.NextAfter(attempt, now, result.RetryAfter);
        }

        var state = result.Status == DeliveryStatus.Delivered ? OutboxState.Delivered : OutboxState.Dead;
        if (next != Instant.Never) state = OutboxState.Pending;
        var detail = result.Detail is { Length: > DetailLengthMax } text ? text[..DetailLengthMax] : result.Detail;
        var name = result.Status switch
        {
            DeliveryStatus.Delivered => "delivered",
            DeliveryStatus.Retry => "retry",
            _ => "failed",
        };
        var unit = new CommitUnit { Settled = isCommitted => Settled(row, attempt, detail, result.Status, state, isCommitted) };
        unit.Attempts.Add(new AttemptRow(
            row.DecisionId, new DeliveryAttempt(attempt, now, name, result.StatusCode, detail), state, next));
        if (_notices.HasReaders && state == OutboxState.Delivered)
        {
            unit.Notices.Add(new EngineNotice(now, "delivered", row.CustomerId, $"{row.Channel}, attempt {attempt}"));
        }

        _queue.Enqueue(unit);
    }

    private void Settled(
        OutboxRow row, int attempt, string? detail, DeliveryStatus status, OutboxState state, bool isCommitted)
    {
        if (isCommitted)
        {
            _instruments.Attempted(status);
            _counters.Settled(state);
            if (state == OutboxState.Dead) EngineLog.DeliveryDead(_logger, _channel.Name, attempt, detail);
            else if (status != DeliveryStatus.Delivered) EngineLog.DeliveryFailed(_logger, _channel.Name, attempt, detail);
        }

        else
        {
            // What was sent is not on record, so sending on would repeat it: the next start takes it up from the store.
            _isLost = true;
        }

        Release(row);
    }

    private void Release(OutboxRow row)
    {
        _sending.TryRemove(row.DecisionId, out _);
        Interlocked.Decrement(ref _inFlight);
        Signal.Set();
    }
}

/// <summary>What the dispatchers share.</summary>
internal sealed record OutboxParts(
    IEngineStore Store,
    CommitQueue Queue,
    OutboxOptions Options,
    OutboxCounters Counters,
    EngineInstruments Instruments,
    NoticeHub Notices,
    TimeProvider Time,
    ILogger Logger);

/// <summary>Outbox entries by where they stand. Thread-safe.</summary>
internal sealed class OutboxCounters(OutboxCounts counts)
{
    private long _pending = counts.Pending;
    private long _delivered = counts.Delivered;
    private long _created;

    public long Pending => Volatile.Read(ref _pending);

    public long Delivered => Volatile.Read(ref _delivered);

    /// <summary>Entries made since start.</summary>
    public long Created => Volatile.Read(ref _created);

    public void Added(int count)
    {
        Interlocked.Add(ref _pending, count);
        Interlocked.Add(ref _created, count);
    }

    public void Settled(OutboxState state)
    {
        if (state == OutboxState.Pending) return;
        Interlocked.Decrement(ref _pending);
        if (state == OutboxState.Delivered) Interlocked.Increment(ref _delivered);
    }
}
