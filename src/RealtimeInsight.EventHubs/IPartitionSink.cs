using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.EventHubs;

/// <summary>Where the events of one partition go, as long as it is read here. One caller at a time.</summary>
public interface IPartitionSink
{
    /// <summary>Takes a batch in, in its order. Durable when <see cref="SaveAsync"/> has returned, or before.</summary>
    /// <exception cref="EngineUnavailableException">It was not, or not all of it: it has to be offered again.</exception>
    ValueTask IngestAsync(PartitionBatch batch, CancellationToken cancellationToken);

    /// <summary>Returns when everything that was taken in is durable, poison too.</summary>
    /// <exception cref="EngineUnavailableException">It is not yet: ask again.</exception>
    ValueTask SaveAsync(CancellationToken cancellationToken);
}

/// <summary>What was read of a partition at once.</summary>
/// <param name="Events">In the partition's order.</param>
/// <param name="Poison">What is no event of a customer.</param>
/// <param name="BodyOf">The text of the hub's event that an offset lies in, for those that are refused.</param>
public sealed record PartitionBatch(
    IReadOnlyList<PlacedEvent> Events, IReadOnlyList<PoisonEvent> Poison, Func<PlacedEvent, string> BodyOf);

/// <summary>An event and its place in the partition.</summary>
/// <param name="Offset">Ascending, and the same when it is read again: see <see cref="PlacedEvent.OffsetOf"/>.</param>
public readonly record struct PlacedEvent(CustomerEvent Event, long Offset)
{
    /// <summary>Most events of customers in one event of a hub, such as a batch.</summary>
    public const int PerHubEventMax = 4096;

    /// <summary>The place of one of the events in a hub's event.</summary>
    public static long OffsetOf(long sequenceNumber, int index) => (sequenceNumber * PerHubEventMax) + index;

    public long SequenceNumber => Offset / PerHubEventMax;
}

/// <summary>What is set aside, with the place that it came from: read again, it has the same.</summary>
/// <param name="Offset">See <see cref="PlacedEvent.OffsetOf"/>.</param>
public readonly record struct PoisonEvent(long Offset, RejectedItem Item);
