using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Retention;

/// <summary>
/// Lets go what is older than it is to be kept, a few rows a transaction, now and then on the thread pool: settled actions, decisions, and
/// the oldest rows of the log.
/// </summary>
/// <remarks>
/// A start replays the log after the checkpoint and has to find the histories that live turns found. So rows go in two rounds. The first
/// only says how far the log is to be cut: from then on no turn reads below, and the turns that may have are over once every shard has
/// answered. The rows go in a later round, when the checkpoint has passed everything that was logged until then.
/// </remarks>
internal sealed class RetentionKeeper(
    EngineParts parts, IEngineStore store, RetentionOptions options, RetentionCounters counters, TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    /// <summary>Most log rows that one round cuts off.</summary>
    private const int RoundRowsMax = 1 << 20;

    private readonly CancellationTokenSource _stop = new();
    private ITimer? _timer;
    private int _isRunning;
    private Task _round = Task.CompletedTask;
    private long _start;
    private Cut? _cut;

    /// <summary>The newest look; done when what it found is gone or waits for the next one.</summary>
    public Task Round => Volatile.Read(ref _round);

    /// <param name="logStart">Where the log begins.</param>
    public void Start(long logStart)
    {
        _start = logStart;
        if (options.KeepEvents == TimeSpan.Zero && options.KeepSettled == TimeSpan.Zero) return;
        _timer = time.CreateTimer(static keeper => ((RetentionKeeper)keeper!).Begin(), this, options.Interval, options.Interval);
    }

    /// <summary>Ends after the transaction that is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_timer is not null) await _timer.DisposeAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _round.ConfigureAwait(false);
        _stop.Dispose();
    }

    private void Begin()
    {
        if (Interlocked.Exchange(ref _isRunning, 1) != 0) return;
        Volatile.Write(ref _round, RunAsync());
    }

    private async Task RunAsync()
    {
        try
        {
            await RoundAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is StoreException or EngineUnavailableException or OperationCanceledException)
        {
            if (!_stop.IsCancellationRequested) EngineLog.RetentionWaits(logger, options.Interval, exception.Message);
        }
        finally
        {
            Volatile.Write(ref _isRunning, 0);
        }
    }

    private async Task RoundAsync()
    {
        var before = counters.Now;
        await TrimAsync().ConfigureAwait(false);
        var newest = store.NewestEventTime();
        if (newest.HasValue)
        {
            var asOf = Instant.Min(newest, Instant.From(time.GetUtcNow()));
            if (options.KeepSettled != TimeSpan.Zero) await DropActionsAsync(asOf - options.KeepSettled).ConfigureAwait(false);
            if (options.KeepEvents != TimeSpan.Zero)
            {
                await DropDecisionsAsync(asOf - options.KeepEvents).ConfigureAwait(false);
                await CutAsync(asOf - options.KeepEvents).ConfigureAwait(false);
            }
        }

        var gone = counters.Now - before;
        if (gone != default) EngineLog.Retained(logger, gone.Records, gone.Decisions, gone.Actions, _start, store.Name);
    }

    /// <summary>Says how far the log is to be cut.</summary>
    private async Task CutAsync(Instant before)
    {
        if (_cut is not null) return;
        var start = store.FindOldRows(_start, before, parts.Commit.Checkpoint, RoundRowsMax);
        if (start <= _start) return;
        parts.Log.Start = start;
        await Task.WhenAll(parts.Loops.Select(loop => loop.AskAsync(static shard => shard.Index, _stop.Token))).ConfigureAwait(false);
        _cut = new Cut(start, parts.Commit.Queue.NextOffset);
    }

    /// <summary>Cuts the log where the round before said, once no start would miss the rows.</summary>
    private async Task TrimAsync()
    {
        if (_cut is not { } cut || parts.Commit.Checkpoint < cut.LoggedUpTo) return;
        while (_start < cut.Start)
        {
            var next = store.FindOldRows(_start, Instant.Never, cut.Start, options.RowsMax);
            await CommitAsync([new TrimLogRow(next)]).ConfigureAwait(false);
            counters.Gone(new RetentionCounts(next - _start, 0, 0));
            _start = next;
        }

        _cut = null;
    }

    private async Task DropDecisionsAsync(Instant before)
    {
        while (store.ReadOldDecisions(before, options.RowsMax) is { Count: > 0 } old)
        {
            await CommitAsync(old.Select(static id => new DropDecisionRow(id))).ConfigureAwait(false);
            counters.Gone(new RetentionCounts(0, old.Count, 0));
        }
    }

    private async Task DropActionsAsync(Instant before)
    {
        while (await parts.Delivery.DropSettledAsync(before, options.RowsMax, _stop.Token).ConfigureAwait(false) is > 0 and var count)
        {
            counters.Gone(new RetentionCounts(0, 0, count));
        }
    }

    private Task CommitAsync(IEnumerable<ControlRow> rows)
    {
        _stop.Token.ThrowIfCancellationRequested();
        return ControlCommit.RunAsync(parts.Commit.Queue, rows);
    }

    /// <param name="Start">Where the log is to begin.</param>
    /// <param name="LoggedUpTo">Records from here on were made without a look below that.</param>
    private sealed record Cut(long Start, long LoggedUpTo);
}
