using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Shards;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Engine.Watching;

/// <summary>
/// Saves what the shards follow and what it came to, now and then and at the end, and gives it back at a start. After a crash the scores
/// made since the last save are not followed any more; outcomes that came since are found in the customers' states. Nothing else depends
/// on it: where it cannot be read, counting begins anew and says from when.
/// </summary>
internal sealed class WatchKeeper(
    IWatchStore store, ModelMonitor monitor, ShardLoop[] loops, CommitQueue queue, TimeSpan interval, TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    private ITimer? _timer;
    private int _isSaving;
    private Task _saving = Task.CompletedTask;

    /// <summary>Puts back what was kept, before the first turn; the shards have begun.</summary>
    public void Restore()
    {
        try
        {
            if (store.Read() is not { } bytes) return;
            var kept = WatchSnapshot.Read(bytes, monitor);
            foreach (var loop in loops) Restore(loop.Shard, kept);
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            EngineLog.WatchUnreadable(logger, problem.Message);
        }
    }

    public void Start() => _timer = time.CreateTimer(static keeper => ((WatchKeeper)keeper!).Save(), this, interval, interval);

    /// <summary>Saves once more, after the shards' last turn.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_timer is null) return;
        await AbortAsync().ConfigureAwait(false);
        Write([.. loops.Select(static loop => loop.Shard.Watch.Snapshot())], queue.NextOffset);
    }

    /// <summary>Ends without saving.</summary>
    public async Task AbortAsync()
    {
        if (_timer is null) return;
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _saving.ConfigureAwait(false);
    }

    private void Restore(Shard shard, WatchSnapshot kept)
    {
        var own = kept.Scores.Select(scores => scores.Where(
            score => BatchRouter.ShardOf(score.Customer, loops.Length) == shard.Index).ToArray()).ToArray();
        shard.Watch.Restore(kept.FollowedUpTo, own);
        if (kept.NextOffset == queue.NextOffset) return;

        // The log goes on behind what was kept: what came since stands in the states.
        var cold = new List<int>();
        foreach (var hash in own.SelectMany(static scores => scores).Select(static score => score.Customer).Distinct())
        {
            var row = shard.Customers.RowOf(hash);
            if (row < 0) continue;
            if (shard.Customers.IsInMemory(row)) shard.Watch.Met(hash, shard.Customers.Peek(row));
            else cold.Add(row);
        }

        shard.Customers.Cold.Visit(cold, (row, state) => shard.Watch.Met(shard.Customers.Row(row).Hash, state));
    }

    private void Save()
    {
        if (Interlocked.Exchange(ref _isSaving, 1) != 0) return;
        _saving = SaveAsync();
    }

    private async Task SaveAsync()
    {
        try
        {
            // Taken before the shards are asked: they have seen all of it.
            var next = queue.NextOffset;
            var asked = loops.Select(
                static loop => loop.AskAsync(static shard => shard.Watch.SnapshotAt(shard.AsOf), CancellationToken.None));
            Write(await Task.WhenAll(asked).ConfigureAwait(false), next);
        }
        catch (EngineUnavailableException stopping)
        {
            EngineLog.WatchNotSaved(logger, stopping.Message);
        }
        finally
        {
            Volatile.Write(ref _isSaving, 0);
        }
    }

    private void Write(IReadOnlyList<WatchPart>[] shards, long next)
    {
        var heads = Enumerable.Range(0, ScoreHeads.Count).ToArray();
        var snapshot = new WatchSnapshot(
            next,
            [.. heads.Select(head => shards.Min(shard => shard[head].FollowedUpTo))],
            [.. heads.Select(head => shards.SelectMany(shard => shard[head].Scores).OrderBy(static score => score.At).ToArray())]);
        try
        {
            store.Write(snapshot.ToBytes(monitor));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            EngineLog.WatchNotSaved(logger, problem.Message);
        }
    }
}

/// <summary>What one shard follows for one head.</summary>
internal sealed record WatchPart(ulong FollowedUpTo, PendingScore[] Scores);
