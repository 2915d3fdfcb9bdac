using System.Text;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.EventHubs;

/// <summary>
/// Takes the events of one partition to the engine, one batch after the other, while this reader owns the partition. A checkpoint is
/// only saved for what the engine has acknowledged as durable; what was read again behind it the engine knows by its id. Not thread-safe.
/// </summary>
internal sealed class PartitionPump(
    ICustomerEngine engine, IHubEventReader reader, HubReaderOptions options, Func<HubPosition, CancellationToken, Task> saveCheckpoint,
    TimeProvider time, ILogger logger)
{
    /// <summary>Reject code of an event on which the reader itself failed.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>The way in, as rejects name it.</summary>
    public const string Source = "eventhubs";

    private HubPosition _durable;
    private int _unsavedEvents;
    private DateTimeOffset _unsavedSince;

    /// <summary>
    /// Returns when the events are durable. Waits as long as the engine cannot commit: that holds the partition back, and nothing else.
    /// </summary>
    /// <param name="received">In the partition's order; may be empty, which gives a checkpoint that has become due.</param>
    public async Task ProcessAsync(IReadOnlyList<HubEvent> received, CancellationToken cancellationToken)
    {
        if (received.Count > 0)
        {
            await IngestAsync(Read(received), cancellationToken).ConfigureAwait(false);
            if (_unsavedEvents == 0) _unsavedSince = time.GetUtcNow();
            _unsavedEvents += received.Count;
            _durable = received[^1].Position;
        }

        var isDue = _unsavedEvents >= options.CheckpointEventsMax || time.GetUtcNow() - _unsavedSince >= options.CheckpointAgeMax;
        if (isDue) await SaveAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Ends the reading. The checkpoint is saved where the partition is still owned: another owner may be further on, and is not set back.
    /// </summary>
    public Task StopAsync(bool isOwned, CancellationToken cancellationToken) =>
        isOwned ? SaveAsync(cancellationToken) : Task.CompletedTask;

    private IngestBatch Read(IReadOnlyList<HubEvent> received)
    {
        var events = new List<CustomerEvent>(received.Count);
        var rejects = new List<RejectedItem>();
        foreach (var one in received)
        {
            var (eventsBefore, rejectsBefore) = (events.Count, rejects.Count);
            try
            {
                reader.Read(one, events, rejects);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                // Read again it would fail again, and hold back every event behind it.
                events.RemoveRange(eventsBefore, events.Count - eventsBefore);
                rejects.RemoveRange(rejectsBefore, rejects.Count - rejectsBefore);
                HubLog.Unreadable(logger, one.Position.SequenceNumber, fault);
                rejects.Add(RejectOf(one, rejects.Count));
            }
        }

        return new IngestBatch(events, rejects);
    }

    private RejectedItem RejectOf(in HubEvent one, int index)
    {
        var text = Encoding.UTF8.GetString(one.Body.Span);
        var kept = text.Length > options.RejectLengthMax ? text[..options.RejectLengthMax] : text;
        return new RejectedItem(
            Instant.From(one.EnqueuedAt), Source, index, Unreadable,
            $"the event at {one.Position.SequenceNumber} of its partition made the reader fail; the log tells how",
            kept)
        {
            IsCut = kept.Length < text.Length,
        };
    }

    private async Task IngestAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        for (var wait = options.RetryWaitMin; ; wait = TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, options.RetryWaitMax.Ticks)))
        {
            try
            {
                await engine.IngestAsync(batch, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (EngineUnavailableException fault)
            {
                HubLog.EngineUnavailable(logger, batch.Events.Count, wait, fault);
                await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        if (_unsavedEvents == 0) return;
        try
        {
            await saveCheckpoint(_durable, cancellationToken).ConfigureAwait(false);
            _unsavedEvents = 0;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Nothing is lost: a later checkpoint stands for this one, and what is read again is known. Try again at the next age.
            HubLog.CheckpointFailed(logger, _unsavedEvents, fault);
            _unsavedSince = time.GetUtcNow();
            _unsavedEvents = 1;
        }
    }
}
