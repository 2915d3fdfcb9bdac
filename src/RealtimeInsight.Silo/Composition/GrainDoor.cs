using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.EventHubs;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Events;
using EventOutcome = RealtimeInsight.Engine.Port.EventOutcome;

namespace RealtimeInsight.Silo;

/// <summary>From a hub's partition to the grain of a customer. Thread-safe.</summary>
internal sealed class GrainDoor(IGrainFactory grains, SiloSettings settings) : ICustomerDoor
{
    public int BatchEventsMax => settings.Grains.BatchEventsMax;

    public async ValueTask<DoorReply> ObserveAsync(
        CustomerId customer, string partition, IReadOnlyList<PlacedEvent> events, bool mustBeSaved, CancellationToken cancellationToken)
    {
        var batch = new EventBatch
        {
            Events = [.. events.Select(static one => one.Event)],
            Partition = partition,
            Offsets = [.. events.Select(static one => one.Offset)],
            MustBeSaved = mustBeSaved,
        };
        var reply = await grains.GetGrain<ICustomerGrain>(customer.Value).ObserveAsync(batch).WaitAsync(cancellationToken)
            .ConfigureAwait(false);
        return new DoorReply([.. reply.Outcomes.Select(static outcome => (EventOutcome)outcome)], reply.IsSaved);
    }
}
