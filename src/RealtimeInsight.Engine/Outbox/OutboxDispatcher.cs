using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Notices;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Outbox;

/// <summary>
/// Delivers one channel's actions: reads what is due from the store, sends a few at a time, and commits the result of every attempt.
/// Keeps nothing that a restart could lose; an attempt cut off by a stop is made again. Always on the wall clock.
/// </summary>
internal sealed class OutboxDispatcher : IAsyncDisposable
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
    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly SemaphoreSlim _slots;
    private readonly ConcurrentDictionary<string, byte> _sending = new(StringComparer.Ordinal);
    private readonly HashSet<string> _busy = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private Task _run = Task.CompletedTask;
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
        _slots = new SemaphoreSlim(_options.ConcurrencyMax, _options.ConcurrencyMax);
    }

    public void Start() => _run = Task.Run(() => RunAsync(_stop.Token));

    /// <summary>There may be something new to send.</summary>
    public void Wake()
    {
        try
        {
            _signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // A look is due already; one is enough.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(false);
        for (var i = 0; i < _options.ConcurrencyMax; i++) await _slots.WaitAsync().ConfigureAwait(false);
        _signal.Dispose();
        _slots.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var wait = await SendDueAsync(stop).ConfigureAwait(false);
                await WaitAsync(wait, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The engine stops: what is pending is in the store.
        }
    }

    /// <summary>Starts what is due; returns how long nothing more will be, null when only a signal can bring something.</summary>
    private async Task<TimeSpan?> SendDueAsync(CancellationToken stop)
    {
        if (_isLost) return null;
        try
        {
            // What is being sent now may be settled before its row is looked at below: the row read here would then be an old one.
            _busy.Clear();
            foreach (var (decision, _) in _sending) _busy.Add(decision);
            var now = Instant.From(_time.GetUtcNow());
            var due = _store.ReadDueOutbox(_channel.Name, now, _options.BatchMax + _busy.Count);
            var started = 0;
            foreach (var row in due)
            {
                if (_busy.Contains(row.DecisionId) || !_sending.TryAdd(row.DecisionId, 0)) continue;
                await _slots.WaitAsync(stop).ConfigureAwait(false);
                _ = SendAsync(row, stop);
                started++;
            }

            if (started > 0) return TimeSpan.Zero;
            if (due.Count > 0) return null;
            var next = _store.NextOutboxDue(_channel.Name);
            return next == Instant.Never ? null : TimeSpan.FromMilliseconds(Math.Clamp(next.UnixMs - now.UnixMs, 1, 86_400_000));
        }
        catch (StoreException exception)
        {
            EngineLog.OutboxUnreadable(_logger, _channel.Name, s_readRetry, exception);
            return s_readRetry;
        }
    }

    private async Task WaitAsync(TimeSpan? wait, CancellationToken stop)
    {
        if (wait == TimeSpan.Zero) return;
        if (wait is not { } limit)
        {
            await _signal.WaitAsync(stop).ConfigureAwait(false);
            return;
        }

        using var timer = _time.CreateTimer(static self => ((OutboxDispatcher)self!).Wake(), this, limit, Timeout.InfiniteTimeSpan);
        await _signal.WaitAsync(stop).ConfigureAwait(false);
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
        Wake();
        _slots.Release();
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
