using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Shards;

/// <summary>The customers of a shard with an open session or cart, in no order; their states may be out of memory.</summary>
internal sealed class LiveList(CustomerTable customers)
{
    /// <summary>Room for more than this is given back once it is mostly empty.</summary>
    private const int KeptMax = 1 << 14;

    private readonly List<int> _indexes = [];

    public int Count => _indexes.Count;

    /// <summary>The customer at a position of the list.</summary>
    public int this[int position] => _indexes[position];

    /// <summary>Puts the customer on the list or takes it off, as its state says, and notes its risk.</summary>
    public void Track(CustomerSlot slot) =>
        Track(slot.Index, slot.State.Session.IsOpen || slot.State.IsCartOpen, StateFacts.RiskOf(slot.State));

    public void Track(int index, bool isLive, float risk)
    {
        ref var row = ref customers.Row(index);
        row.Risk = risk;
        if (isLive == row.LivePosition >= 0) return;
        if (isLive)
        {
            row.LivePosition = _indexes.Count;
            _indexes.Add(index);
            return;
        }

        var last = _indexes[^1];
        _indexes[row.LivePosition] = last;
        customers.Row(last).LivePosition = row.LivePosition;
        _indexes.RemoveAt(_indexes.Count - 1);
        if (_indexes.Capacity > KeptMax && _indexes.Count < _indexes.Capacity / 8) _indexes.Capacity /= 4;
        row.LivePosition = -1;
    }
}
