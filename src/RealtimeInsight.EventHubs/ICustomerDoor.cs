using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.EventHubs;

/// <summary>The way to one customer of a cluster, wherever that lives. Thread-safe.</summary>
public interface ICustomerDoor
{
    /// <summary>Most events of one call.</summary>
    int BatchEventsMax { get; }

    /// <summary>
    /// Applies events in their order; one whose offset in the partition the customer knows has no effect. Without
    /// <paramref name="mustBeSaved"/> they are saved later, and lost where the customer's process ends before.
    /// </summary>
    /// <exception cref="ArgumentException">The customer refuses these events for good; the message says why.</exception>
    ValueTask<DoorReply> ObserveAsync(
        CustomerId customer, string partition, IReadOnlyList<PlacedEvent> events, bool mustBeSaved, CancellationToken cancellationToken);
}

/// <param name="Outcomes">One for each event, in order.</param>
/// <param name="IsSaved">True when everything that was applied to the customer is durable.</param>
public readonly record struct DoorReply(IReadOnlyList<EventOutcome> Outcomes, bool IsSaved);
