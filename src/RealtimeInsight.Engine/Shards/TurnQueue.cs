using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Erasure;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// The events of a turn in order of event time. Their customers are found some at a time, and a customer's second event waits for the next
/// round. Reuses its buffers.
/// </summary>
/// <param name="findMax">Events whose customers are found at a time.</param>
internal sealed class TurnQueue(Shard shard, ErasedIds erased, UnitBuilder builder, int findMax)
{
    private readonly ulong[] _hashes = new ulong[findMax];
    private TurnEvent[] _events = new TurnEvent[512];
    private TurnEvent[] _kept = new TurnEvent[512];
    private int _keptCount;

    /// <summary>Events of this round.</summary>
    public int Count { get; private set; }

    /// <summary>Events up to here have their customers.</summary>
    public int Found { get; private set; }

    public ref TurnEvent this[int position] => ref _events[position];

    /// <summary>Takes in the parts' tickets, rejects and events, but for those whose customers are lost, or were erased since.</summary>
    public void Gather(List<IngestPart> parts)
    {
        var isSorted = true;
        foreach (var part in parts)
        {
            builder.Unit.Tickets.Add(part.Ticket);
            foreach (var reject in part.Rejects) builder.Reject(reject);
            shard.Counters.EventsRejected += part.Rejects.Count;
            for (var i = 0; i < part.Count; i++)
            {
                if (shard.Damage.TryPutAside(part, i)) continue;
                if (Count == _events.Length) Array.Resize(ref _events, Count * 2);
                var item = part.EventAt(i);
                if (erased.IsGone(item))
                {
                    part.SetOutcome(i, EventOutcome.Duplicate);
                    shard.Counters.Event(EventOutcome.Duplicate, item.Kind);
                    continue;
                }

                isSorted &= Count == 0 || _events[Count - 1].Event.OccurredAt <= item.OccurredAt;
                _events[Count] = new TurnEvent(item, part, i, Count);
                Count++;
            }
        }

        if (!isSorted) _events.AsSpan(0, Count).Sort(TurnEvent.ByTime);
        if (_kept.Length < Count) _kept = new TurnEvent[_events.Length];
    }

    /// <summary>Finds the customers of the next events; their memory is asked for at once.</summary>
    public void Find()
    {
        var events = _events.AsSpan(Found, Math.Min(Count - Found, findMax));
        for (var i = 0; i < events.Length; i++) _hashes[i] = events[i].Hash;
        shard.Customers.Prefetch(_hashes.AsSpan(0, events.Length), shard.Wheel);
        foreach (ref var item in events) item.Slot = shard.Customers.GetOrAdd(item.Customer, item.Hash);
        Found += events.Length;
    }

    /// <summary>Leaves an event of this round for the next.</summary>
    public void Keep(in TurnEvent item) => _kept[_keptCount++] = item;

    /// <summary>The events that were kept, in place of those before.</summary>
    public void NextRound()
    {
        (_events, _kept) = (_kept, _events);
        Array.Clear(_kept, 0, Count);
        (Count, Found, _keptCount) = (_keptCount, _keptCount, 0);
        if (Count == 0) Found = 0;
    }
}
