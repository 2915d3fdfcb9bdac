using System.Threading.Channels;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Inference;

namespace RealtimeInsight.Orleans.Inference;

/// <summary>
/// Scores where the device is: in the silo's own pool when it has one or no silo has, else in the pool of a silo that has, the rows of many
/// customers in one call. What does not come back in time, or finds no room, is scored by the own pool in the time that is left; after a
/// failure the far pool rests. Models are held and folded locally. Thread-safe.
/// </summary>
internal sealed class ClusterScorer : IScorer, IDisposable
{
    /// <summary>Rows of one call.</summary>
    public const int RowsMax = 256;

    /// <summary>Rows that wait for a call; a further one goes to the own pool.</summary>
    public const int QueueMax = 4_096;

    /// <summary>Calls under way at once.</summary>
    public const int CallsMax = 4;

    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(2);
    private static readonly ScoreReply s_timedOut = new(ScoreOutcome.TimedOut, default, default, null);

    private readonly IScorer _local;
    private readonly IGrainFactory _grains;
    private readonly DeviceSilos _devices;
    private readonly GrainInstruments _instruments;
    private readonly TimeProvider _time;
    private readonly Channel<WaitingRow> _rows = Channel.CreateBounded<WaitingRow>(new BoundedChannelOptions(QueueMax));
    private readonly Lazy<Task[]> _senders;
    private long _restsUntil;

    public ClusterScorer(IScorer local, IGrainFactory grains, DeviceSilos devices, GrainInstruments instruments, TimeProvider time)
    {
        (_local, _grains, _devices, _instruments, _time) = (local, grains, devices, instruments, time);
        _senders = new(() => [.. Enumerable.Range(0, CallsMax).Select(_ => Task.Run(SendAsync))]);
    }

    /// <summary>One row that waits for its call, settled once: null when the far pool could not score it.</summary>
    private sealed record WaitingRow(ScoreRequest Request, long Since, TimeSpan Timeout)
    {
        public TaskCompletionSource<ScoreReply?> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public IModelLease Lease() => _local.Lease();

    public string? NameOf(uint stamp) => _local.NameOf(stamp);

    public ValueTask<ScoreReply> ScoreAsync(ScoreRequest request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var isHere = _devices.IsLocal || !_devices.HasOther || _time.GetTimestamp() < Volatile.Read(ref _restsUntil);
        return isHere ? _local.ScoreAsync(request, timeout, cancellationToken) : FarAsync(request, timeout, cancellationToken);
    }

    /// <summary>Lets the senders end when nothing waits any more.</summary>
    public void Dispose() => _rows.Writer.TryComplete();

    private async ValueTask<ScoreReply> FarAsync(ScoreRequest request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _ = _senders.Value;
        var row = new WaitingRow(request, _time.GetTimestamp(), timeout);
        if (_rows.Writer.TryWrite(row))
        {
            try
            {
                var reply = await row.Reply.Task.WaitAsync(timeout, _time, cancellationToken).ConfigureAwait(false);
                if (reply is not null) return reply;
            }
            catch (TimeoutException)
            {
                Rest();
                _instruments.FarScored("timed_out", 1);
                row.Reply.TrySetResult(null);
                return s_timedOut;
            }
        }

        _instruments.FarScored("own_pool", 1);
        var left = timeout - _time.GetElapsedTime(row.Since);
        return left > TimeSpan.Zero ? await _local.ScoreAsync(request, left, cancellationToken).ConfigureAwait(false) : s_timedOut;
    }

    private async Task SendAsync()
    {
        var rows = new List<WaitingRow>(RowsMax);
        while (await _rows.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            rows.Clear();
            while (rows.Count < RowsMax && _rows.Reader.TryRead(out var row))
            {
                if (!row.Reply.Task.IsCompleted) rows.Add(row);
            }

            if (rows.Count > 0) await CallAsync(rows).ConfigureAwait(false);
        }
    }

    private async Task CallAsync(List<WaitingRow> rows)
    {
        var left = rows.Max(row => row.Timeout - _time.GetElapsedTime(row.Since));
        var began = _time.GetTimestamp();
        try
        {
            if (left <= TimeSpan.Zero) throw new TimeoutException();
            var request = new ScoreRowsRequest(
                ContractVersion.Current, [.. rows.Select(static row => RowOf(row.Request))], Math.Max(1, (int)left.TotalMilliseconds));
            var reply = await _grains.GetGrain<IInferenceGrain>(0).ScoreAsync(request).WaitAsync(left, _time).ConfigureAwait(false);
            _instruments.FarCall(rows.Count, _time.GetElapsedTime(began));
            for (var i = 0; i < rows.Count; i++) rows[i].Reply.TrySetResult(ReplyOf(reply.Rows[i]));
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // Counted; the rows go to the own pool, and the far one is not asked for a while.
            _instruments.FarFailed(fault is TimeoutException ? "timed_out" : "failed");
            Rest();
            foreach (var row in rows) row.Reply.TrySetResult(null);
        }
    }

    private void Rest() => Volatile.Write(
        ref _restsUntil, _time.GetTimestamp() + (long)(s_rest.TotalSeconds * _time.TimestampFrequency));

    private ScoreReply? ReplyOf(ScoreRowReply row)
    {
        if (row.Outcome != "scored") return null;
        _instruments.FarScored("scored", 1);
        using var lease = _local.Lease();
        var model = lease.Model?.Stamp == row.ModelStamp
            ? lease.Model
            : new ModelIdentity(row.Model ?? "", "", "", row.ModelStamp);
        return new ScoreReply(ScoreOutcome.Scored, new HeadScores(row.Churn, row.Abandonment, row.Purchase), row.StateOut, model);
    }

    private static ScoreRow RowOf(ScoreRequest request) => new(
        request.Token.ToArray(), request.Ids.ToArray(), request.Profile.ToArray(), request.StateIn.ToArray());
}
