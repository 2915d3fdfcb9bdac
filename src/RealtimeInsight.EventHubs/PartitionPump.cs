using System.Text;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.EventHubs;

/// <summary>
/// Takes the events of one partition to their sink, one batch after the other, while this reader owns the partition. A checkpoint is only
/// saved for what the sink has made durable; what is read again behind it is known by its id or offset. Not thread-safe.
/// </summary>
/// <param name="partition">As the hub names it.</param>
internal sealed class PartitionPump(
    string partition, IPartitionSink sink, IHubEventReader reader, HubReaderOptions options,
    Func<HubPosition, CancellationToken, Task> saveCheckpoint, HubInstruments instruments, TimeProvider time, ILogger logger)
{
    /// <summary>Reject code of an event on which the reader itself failed.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>The way in, as rejects name it.</summary>
    public const string Source = "eventhubs";

    private HubPosition _taken;
    private int _unsavedEvents;
    private DateTimeOffset _unsavedSince;

    /// <summary>
    /// Returns when the sink has taken the events. Waits as long as it cannot: that holds the partition back, and nothing else.
    /// </summary>
    /// <param name="received">In the partition's order; may be empty, which gives a checkpoint that has become due.</param>
    public async Task ProcessAsync(IReadOnlyList<HubEvent> received, CancellationToken cancellationToken)
    {
        if (received.Count > 0)
        {
            var batch = await TakeAsync(received, cancellationToken).ConfigureAwait(false);
            var now = time.GetUtcNow();
            instruments.Taken(received.Count, batch.Poison, now - received[^1].EnqueuedAt);
            if (_unsavedEvents == 0) _unsavedSince = now;
            _unsavedEvents += received.Count;
            _taken = received[^1].Position;
        }

        var isDue = _unsavedEvents >= options.CheckpointEventsMax || time.GetUtcNow() - _unsavedSince >= options.CheckpointAgeMax;
        if (isDue) await SaveAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Ends the reading. The checkpoint is saved where the partition is still owned: another owner may be further on, and is not set back.
    /// </summary>
    public Task StopAsync(bool isOwned, CancellationToken cancellationToken) =>
        isOwned ? SaveAsync(cancellationToken) : Task.CompletedTask;

    private async Task<PartitionBatch> TakeAsync(IReadOnlyList<HubEvent> received, CancellationToken cancellationToken)
    {
        using var span = HubTraces.Process(options, partition, received);
        try
        {
            var batch = Read(received);
            await RepeatAsync(stop => sink.IngestAsync(batch, stop), batch.Events.Count, HubLog.EngineUnavailable, cancellationToken)
                .ConfigureAwait(false);
            return batch;
        }
        catch (Exception fault)
        {
            HubTraces.Failed(span, fault);
            throw;
        }
    }

    private PartitionBatch Read(IReadOnlyList<HubEvent> received)
    {
        var events = new List<PlacedEvent>(received.Count);
        var poison = new List<PoisonEvent>();
        var (read, rejects) = (new List<CustomerEvent>(), new List<RejectedItem>());
        foreach (var one in received)
        {
            read.Clear();
            rejects.Clear();
            try
            {
                reader.Read(one, read, rejects);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                // Read again it would fail again, and hold back every event behind it.
                read.Clear();
                rejects.Clear();
                HubLog.Unreadable(logger, one.Position.SequenceNumber, fault);
                rejects.Add(RejectOf(one));
            }

            var place = one.Position.SequenceNumber;
            events.AddRange(read.Select((item, index) => new PlacedEvent(item, PlacedEvent.OffsetOf(place, index))));
            poison.AddRange(rejects.Select((item, index) => new PoisonEvent(PlacedEvent.OffsetOf(place, read.Count + index), item)));
        }

        return new PartitionBatch(
            events, poison, placed => TextOf(received.First(one => one.Position.SequenceNumber == placed.SequenceNumber)));
    }

    private RejectedItem RejectOf(in HubEvent one)
    {
        var text = TextOf(one);
        return new RejectedItem(
            Instant.From(one.EnqueuedAt), Source, 0, Unreadable,
            $"the event at {one.Position.SequenceNumber} of its partition made the reader fail; the log tells how",
            text)
        {
            IsCut = text.Length == options.RejectLengthMax,
        };
    }

    private string TextOf(in HubEvent one)
    {
        var text = Encoding.UTF8.GetString(one.Body.Span);
        return text.Length > options.RejectLengthMax ? text[..options.RejectLengthMax] : text;
    }

    /// <summary>Until it is done: nothing behind it may be taken before.</summary>
    private async Task RepeatAsync(
        Func<CancellationToken, ValueTask> work, int events, Action<ILogger, int, TimeSpan, Exception> tell,
        CancellationToken cancellationToken)
    {
        for (var wait = options.RetryWaitMin; ; wait = TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, options.RetryWaitMax.Ticks)))
        {
            try
            {
                await work(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (EngineUnavailableException fault)
            {
                instruments.Retry();
                tell(logger, events, wait, fault);
                await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        if (_unsavedEvents == 0) return;
        await RepeatAsync(sink.SaveAsync, _unsavedEvents, HubLog.NotDurable, cancellationToken).ConfigureAwait(false);
        try
        {
            await saveCheckpoint(_taken, cancellationToken).ConfigureAwait(false);
            instruments.Checkpoint();
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
