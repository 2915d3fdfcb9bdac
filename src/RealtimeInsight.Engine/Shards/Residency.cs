namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// The customers of a shard that are in memory, on a ring with a hand: one that was used since the hand passed last gets a second chance,
/// else it is the next to leave (CLOCK). Counts their bytes.
/// </summary>
internal sealed class Residency(ShardCounters counters)
{
    /// <summary>A slot, its entry on the ring and in the table.</summary>
    private const int SlotBytes = 88;

    private readonly List<CustomerSlot> _ring = [];
    private int _hand;

    public int Count => _ring.Count;

    public long Bytes { get; private set; }

    public void Add(CustomerSlot slot)
    {
        slot.RingPosition = _ring.Count;
        _ring.Add(slot);
        Note(slot, slot.Footprint() + SlotBytes);
    }

    public void Remove(CustomerSlot slot)
    {
        var last = _ring[^1];
        _ring[slot.RingPosition] = last;
        last.RingPosition = slot.RingPosition;
        _ring.RemoveAt(_ring.Count - 1);
        slot.RingPosition = -1;
        Note(slot, 0);
    }

    /// <summary>Counts the slot's bytes again, after its state changed or was packed.</summary>
    public void Measure(CustomerSlot slot) => Note(slot, slot.Footprint() + SlotBytes);

    /// <summary>
    /// Moves the hand to the next customer that was not used lately; false when it does not meet one within <paramref name="steps"/>,
    /// which are counted down.
    /// </summary>
    public bool TryNext(ref int steps, out CustomerSlot slot)
    {
        while (steps-- > 0 && _ring.Count > 0)
        {
            if (_hand >= _ring.Count) _hand = 0;
            slot = _ring[_hand++];
            if (!slot.IsUsed) return true;
            slot.IsUsed = false;
        }

        slot = null!;
        return false;
    }

    private void Note(CustomerSlot slot, int bytes)
    {
        Bytes += bytes - slot.Bytes;
        slot.Bytes = bytes;
        counters.ResidentBytes = Bytes;
        counters.Resident = _ring.Count;
    }
}
