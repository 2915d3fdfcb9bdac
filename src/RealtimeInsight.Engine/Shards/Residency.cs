using RealtimeInsight.Domain.Customers;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// The customers of a shard that are in memory. A hand goes round the rows: one that was used since it passed last gets a second chance,
/// else it is the next to leave (CLOCK). Counts their bytes.
/// </summary>
internal sealed class Residency(Chunks<CustomerRow> rows, ShardCounters counters)
{
    /// <summary>A slot and its place in the table.</summary>
    private const int SlotBytes = 72;

    /// <summary>An array's own bytes, and its place in the table.</summary>
    private const int PackedBytes = 32;

    /// <summary>Rows passed over for one look: most customers may not be in memory.</summary>
    private const int RowsPerLook = 64;

    private int _hand;

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    public void Add(CustomerSlot slot)
    {
        Count++;
        Measure(slot);
    }

    public void Remove(CustomerSlot slot)
    {
        Count--;
        Note(-slot.Bytes);
        slot.Bytes = 0;
    }

    public void Add(byte[] packed)
    {
        Count++;
        Note(BytesOf(packed));
    }

    public void Remove(byte[] packed)
    {
        Count--;
        Note(-BytesOf(packed));
    }

    /// <summary>Counts the slot's bytes again, after its state changed.</summary>
    public void Measure(CustomerSlot slot)
    {
        var bytes = StateFootprint.Of(slot.State) + SlotBytes;
        Note(bytes - slot.Bytes);
        slot.Bytes = bytes;
    }

    /// <summary>
    /// Moves the hand to the next customer in memory that was not used lately; false when it does not meet one within
    /// <paramref name="looks"/>, which are counted down.
    /// </summary>
    public bool TryNext(ref int looks, out int index)
    {
        for (var passes = (long)looks * RowsPerLook; looks > 0 && passes > 0 && Count > 0; passes--)
        {
            if (_hand >= rows.Count) _hand = 0;
            index = _hand++;
            ref var row = ref rows[index];
            if (row.Held == HeldAs.Saved) continue;
            looks--;
            if (!row.IsUsed) return true;
            row.IsUsed = false;
        }

        looks = 0;
        index = -1;
        return false;
    }

    private static int BytesOf(byte[] packed) => packed.Length + PackedBytes;

    private void Note(int bytes)
    {
        Bytes += bytes;
        counters.ResidentBytes = Bytes;
        counters.Resident = Count;
    }
}
