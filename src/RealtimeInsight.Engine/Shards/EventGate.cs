using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// Says whether an event is new to its customer: by what the customer remembers, and by the log where that does not reach.
/// </summary>
/// <param name="store">Null without a log: then an event whose id the customer has forgotten is new.</param>
internal sealed class EventGate(CustomerMachine machine, IEngineStore? store, ILogger logger)
{
    private readonly LoggedEvents? _logged = store is null ? null : new LoggedEvents(store);

    /// <summary>Null where the log would have to say, and cannot be read.</summary>
    /// <param name="unit">The unit being made.</param>
    /// <param name="queue">Units on their way to the store.</param>
    public Admission? Admit(CustomerSlot slot, CustomerEvent item, LogUnit unit, CommitQueue queue)
    {
        var admission = machine.Admit(slot.State, item);
        if (admission != Admission.BeyondWindow) return admission;
        try
        {
            if (_logged?.Contains(item, unit, queue) == true) return Admission.Duplicate;
        }
        catch (StoreException exception)
        {
            EngineLog.EventIdsUnreadable(logger, exception.Message);
            return null;
        }

        return item.OccurredAt < slot.State.OrderedUpTo ? Admission.OutOfOrder : Admission.New;
    }
}
