using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Notices;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Engine.Work;

namespace RealtimeInsight.Engine.Outbox;

/// <summary>
/// Delivers one endpoint's actions: reads what is due from the store, sends a few at a time, and commits the result of every attempt.
/// Keeps nothing that a restart could lose; an attempt cut off by a stop is made again. Always on the wall clock.
/// </summary>
internal sealed class OutboxDispatcher : IStepped, IDisposable
{
    private static readonly TimeSpan s_readRetry = TimeSpan.FromSeconds(5);
    private readonly IActionChannel _channel;
    private readonly IEngineStore _store;
    private readonly OutboxOptions _options;
    private readonly AttemptRecorder _recorder;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string[] _names;
    private readonly ITimer _timer;
    private readonly Queue<OutboxRow[]> _due = new();
    private readonly ConcurrentDictionary<string, byte> _sending = new(StringComparer.Ordinal);
    private readonly HashSet<string> _busy = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _forgotten = new();
    private readonly CancellationTokenSource _stop = new();
    private int _inFlight;
    private volatile bool _isStopping;
    private volatile bool _isLost;

    /// <param name="disabled">The endpoint's row, where it is disabled.</param>
    public OutboxDispatcher(IActionChannel channel, EndpointRow? disabled, OutboxParts parts)
    {
        _channel = channel;
        _names = [channel.Name, .. channel.Aliases];
        Endpoint = new EndpointGate(channel.Name, _names, parts.Options, disabled);
        _store = parts.Store;
        _options = parts.Options;
        _recorder = new AttemptRecorder(Endpoint, parts, Finish);
        _time = parts.Time;
        _logger = parts.Logger;
        _timer = _time.CreateTimer(
            static self => ((OutboxDispatcher)self!).Signal.Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string Name => $"outbox {_channel.Name}";

    public EndpointGate Endpoint { get; }

    /// <summary>Set when there may be something new to send.</summary>
    public WakeSignal Signal { get; } = new();

    private Instant Now => Instant.From(_time.GetUtcNow());

    /// <summary>Cuts off what is being sent and ends when the results of the rest are committed.</summary>
    public void Stop()
    {
        _isStopping = true;
        _stop.Cancel();
        Signal.Set();
    }

    /// <summary>An action is not in the store any more: it is not sent, unless it is being sent.</summary>
    public void Forget(string decisionId)
    {
        _forgotten.Enqueue(decisionId);
        Signal.Set();
    }

    /// <summary>After the end.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        _stop.Dispose();
    }

    /// <summary>Starts what is due, has a slot, and may go to the endpoint now.</summary>
    public StepOutcome Step()
    {
        var slots = _options.ConcurrencyMax - Volatile.Read(ref _inFlight);
        if (_isStopping) return slots == _options.ConcurrencyMax ? StepOutcome.End : StepOutcome.Wait;
        if (_isLost) return StepOutcome.Wait;
        while (_forgotten.TryDequeue(out var decision)) DropDue(decision);
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

        for (; slots > 0 && _due.Count > 0; slots--)
        {
            if (PauseFrom(Now) is { } pause) return WaitFor(pause);
            var rows = _due.Dequeue();
            foreach (var row in rows) _sending.TryAdd(row.DecisionId, 0);
            Interlocked.Increment(ref _inFlight);
            _ = SendAsync(rows, _stop.Token);
        }

        return _due.Count > 0 ? StepOutcome.Wait : StepOutcome.Again;
    }

    /// <summary>
    /// How long nothing may be sent; null when something may, infinite while a send is under way whose result decides. A disabled endpoint
    /// is sent nothing, but what is due for it is settled.
    /// </summary>
    private TimeSpan? PauseFrom(Instant now)
    {
        if (Endpoint.Disabled is not null || Endpoint.MaySend(now, Volatile.Read(ref _inFlight))) return null;
        return Endpoint.OpensAt > now ? Endpoint.OpensAt - now : Timeout.InfiniteTimeSpan;
    }

    /// <summary>
    /// Reads what is due; returns how long nothing more will be, zero when something is, infinite when only a signal can bring something.
    /// </summary>
    private TimeSpan ReadDue()
    {
        // What is being sent now may be settled before its row is looked at below: the row read here would then be an old one.
        _busy.Clear();
        foreach (var (decision, _) in _sending) _busy.Add(decision);
        var now = Now;
        var limit = _options.BatchMax + _busy.Count;
        var due = _names.SelectMany(name => _store.ReadDueOutbox(name, now, limit)).ToList();
        if (_names.Length > 1) due = [.. due.OrderBy(static row => row.NextAt.UnixMs).Take(limit)];
        Plan([.. due.Where(row => !_busy.Contains(row.DecisionId))]);
        if (_due.Count > 0) return TimeSpan.Zero;
        if (due.Count > 0) return Timeout.InfiniteTimeSpan;
        var next = _names.Select(_store.NextOutboxDue).Min();
        return next == Instant.Never
            ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromMilliseconds(Math.Clamp(next.UnixMs - now.UnixMs, 1, 86_400_000));
    }

    private void DropDue(string decision)
    {
        for (var left = _due.Count; left > 0; left--)
        {
            var rows = Array.FindAll(_due.Dequeue(), row => row.DecisionId != decision);
            if (rows.Length > 0) _due.Enqueue(rows);
        }
    }

    /// <summary>What goes out together: first attempts in batches where the channel can, everything else one by one.</summary>
    private void Plan(List<OutboxRow> due)
    {
        var together = _channel is IBatchActionChannel batches ? batches.BatchMax : 1;
        if (together == 1)
        {
            foreach (var row in due) _due.Enqueue([row]);
            return;
        }

        foreach (var rows in due.Where(static row => IsFirst(row)).Chunk(together)) _due.Enqueue(rows);
        foreach (var row in due.Where(static row => !IsFirst(row))) _due.Enqueue([row]);
    }

    private static bool IsFirst(OutboxRow row) => row.Attempts == row.RoundStart;

    private StepOutcome WaitFor(TimeSpan wait)
    {
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
        return StepOutcome.Wait;
    }

    /// <summary>One attempt. Owned by the slot that its caller took; gives it back when the result is committed.</summary>
    private async Task SendAsync(OutboxRow[] rows, CancellationToken stop)
    {
        if (Endpoint.Disabled is { } disabled)
        {
            _recorder.Skip(rows, disabled);
            return;
        }

        var started = _time.GetTimestamp();
        DeliveryResult result;
        try
        {
            var messages = Array.ConvertAll(rows, static row => new ActionMessage(
                row.DecisionId, row.CustomerId, row.Type, row.Attempts + 1, row.CreatedAt, row.Body));
            result = messages.Length > 1 && _channel is IBatchActionChannel batches
                ? await batches.SendAsync(messages, stop).ConfigureAwait(false)
                : await _channel.SendAsync(messages[0], stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Release(rows);
            return;
        }
        catch (Exception exception)
        {
            // A channel that throws is a channel that failed: this attempt counts and the schedule goes on.
            result = new DeliveryResult(DeliveryStatus.Retry, Detail: $"{exception.GetType().Name}: {exception.Message}");
        }

        _recorder.Record(rows, result, _time.GetElapsedTime(started));
    }

    private void Finish(OutboxRow[] rows, bool isCommitted)
    {
        // What was sent is not on record, so sending on would repeat it: the next start takes it up from the store.
        if (!isCommitted) _isLost = true;
        Release(rows);
    }

    private void Release(OutboxRow[] rows)
    {
        foreach (var row in rows) _sending.TryRemove(row.DecisionId, out _);
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
