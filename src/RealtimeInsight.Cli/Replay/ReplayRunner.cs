using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Cli.Replay;

/// <summary>
/// Sends the lines of one input to an engine in event-time order, batch after batch, each awaited until it is durable; then lets
/// virtual time run on until every deadline has fired. The pace moves the borders of the batches, never what comes out of them.
/// </summary>
public sealed class ReplayRunner(IReplayEngine target, ReplaySpeed speed, TimeProvider time)
{
    /// <summary>Most lines of one batch: as large as a batch of the HTTP intake.</summary>
    public const int BatchLinesMax = 2_500;

    private const string Source = "replay";
    private static readonly TimeSpan WaitMax = TimeSpan.FromHours(1);

    public ReplayCounts Counts { get; } = new();

    /// <summary>False until every line was sent and every deadline has fired.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Runs until done or cancelled; cancelled, it ends after the batch in flight, without an exception.</summary>
    public async Task RunAsync(ReplayInput input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        try
        {
            await SendAsync(input.Items, cancellationToken).ConfigureAwait(false);
            await target.RunToEndAsync(cancellationToken).ConfigureAwait(false);
            IsComplete = true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped by the user: the counts tell how far it came, and a replay into the same folder goes on from there.
        }
    }

    private async Task SendAsync(IReadOnlyList<ReplayItem> items, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var firstAt = FirstTime(items);
        for (var position = 0; position < items.Count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = BatchLength(items, position, firstAt, time.GetElapsedTime(started));
            if (count == 0)
            {
                var due = speed.RealTimeOf(items[position].Event!.OccurredAt - firstAt) - time.GetElapsedTime(started);
                await Task.Delay(Clamp(due), time, cancellationToken).ConfigureAwait(false);
                continue;
            }

            // The batch in flight is never abandoned: its outcome must be counted.
            var batch = ToBatch(items, position, count);
            Counts.Add(batch, await target.IngestAsync(batch).ConfigureAwait(false));
            position += count;
        }
    }

    /// <summary>A wait that the timer can take: a gap of months is waited for in pieces.</summary>
    private static TimeSpan Clamp(TimeSpan wait) =>
        wait < TimeSpan.Zero ? TimeSpan.Zero : wait > WaitMax ? WaitMax : wait;

    /// <summary>How many lines from <paramref name="position"/> on are due; malformed lines go with the line before them.</summary>
    private int BatchLength(IReadOnlyList<ReplayItem> items, int position, Instant firstAt, TimeSpan elapsed)
    {
        var most = Math.Min(items.Count - position, BatchLinesMax);
        if (speed.Factor is null) return most;
        for (var count = 0; count < most; count++)
        {
            if (items[position + count].Event is { } next && speed.RealTimeOf(next.OccurredAt - firstAt) > elapsed) return count;
        }

        return most;
    }

    private IngestBatch ToBatch(IReadOnlyList<ReplayItem> items, int position, int count)
    {
        var events = new List<CustomerEvent>(count);
        var rejects = new List<RejectedItem>();
        var now = Instant.From(time.GetUtcNow());
        for (var i = position; i < position + count; i++)
        {
            var item = items[i];
            if (item.Event is { } customerEvent) events.Add(customerEvent);
            else if (item.Malformed is { } line) rejects.Add(new RejectedItem(now, Source, item.Index, line.Code, line.Message, line.Raw));
        }

        return new IngestBatch(events, rejects);
    }

    private static Instant FirstTime(IReadOnlyList<ReplayItem> items)
    {
        foreach (var item in items)
        {
            if (item.Event is { } first) return first.OccurredAt;
        }

        return Instant.None;
    }
}
