using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.EventHubs.Tests;

/// <summary>One partition of a hub in memory, its checkpoint, and pumps that read it from there.</summary>
internal sealed class HubWorld : IHubEventReader
{
    private static readonly HubInstruments s_instruments = new(new Meter(HubInstruments.MeterName));

    public MemoryEngine Engine { get; } = new();

    /// <summary>Where events go; into the engine unless a test says otherwise.</summary>
    public IPartitionSink Sink { get => field ?? new EngineSink(Engine); set; }

    public LeapingTime Time { get; } = new();

    public HubReaderOptions Options { get; init; } = new() { BatchEventsMax = 3 };

    /// <summary>Bodies in the partition's order: a customer's name, or what is none.</summary>
    public List<string> Bodies { get; } = [];

    /// <summary>Sequence number behind which a new owner begins.</summary>
    public long Checkpoint { get; private set; } = -1;

    public int Saves { get; private set; }

    /// <summary>Thrown by the next save.</summary>
    public Exception? SaveFault { get; set; }

    /// <summary>As the hub names it.</summary>
    public string Partition { get; init; } = "0";

    public PartitionPump NewOwner() => new(Partition, Sink, this, Options, SaveAsync, s_instruments, Time, NullLogger.Instance);

    public HubEvent At(int sequence) => new(
        new HubPosition(sequence, $"o{sequence}"), HubEventId.Of(null, "shop/clicks", "0", sequence), Time.GetUtcNow(),
        Encoding.UTF8.GetBytes(Bodies[sequence]));

    /// <summary>Reads on from the checkpoint to the end, a batch at a time.</summary>
    public async Task ReadToTheEndAsync(PartitionPump pump, CancellationToken cancellationToken = default)
    {
        for (var next = (int)Checkpoint + 1; next < Bodies.Count;)
        {
            var count = Math.Min(Options.BatchEventsMax, Bodies.Count - next);
            await pump.ProcessAsync([.. Enumerable.Range(next, count).Select(At)], cancellationToken);
            next += count;
        }
    }

    public void Read(in HubEvent received, ICollection<CustomerEvent> events, ICollection<RejectedItem> rejects)
    {
        var text = Encoding.UTF8.GetString(received.Body.Span);
        switch (text)
        {
            case "crash":
                events.Add(Event(received, "half-read"));
                throw new InvalidOperationException("the reader has a fault");
            case "poison":
                rejects.Add(new RejectedItem(Instant.From(received.EnqueuedAt), "eventhubs", 0, "invalid_json", "no JSON", text));
                break;
            default:
                events.Add(Event(received, text));
                break;
        }
    }

    private static CustomerEvent Event(in HubEvent received, string customer) => new()
    {
        Id = EventId.Parse(received.Id),
        Kind = EventKind.PageViewed,
        Customer = CustomerId.FromUser(customer),
        OccurredAt = Instant.From(received.EnqueuedAt),
        IngestedAt = Instant.From(received.EnqueuedAt),
    };

    private Task SaveAsync(HubPosition position, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (SaveFault is { } fault)
        {
            SaveFault = null;
            throw fault;
        }

        Assert.Equal($"o{position.SequenceNumber}", position.Offset);
        Checkpoint = position.SequenceNumber;
        Saves++;
        return Task.CompletedTask;
    }
}
