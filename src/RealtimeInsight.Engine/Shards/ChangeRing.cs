namespace RealtimeInsight.Engine.Shards;

/// <summary>Changed customers in the order of their changes; the next few can be looked at before they are taken.</summary>
internal sealed class ChangeRing
{
    /// <summary>Room for more changes than this is given back once there are none.</summary>
    private const int KeptMax = 1 << 11;

    private StateChange[] _items = new StateChange[KeptMax];
    private int _first;

    public int Count { get; private set; }

    /// <param name="ahead">0 is the oldest.</param>
    public ref readonly StateChange this[int ahead] => ref _items[(_first + ahead) & (_items.Length - 1)];

    public void Add(in StateChange change)
    {
        if (Count == _items.Length) Grow();
        _items[(_first + Count++) & (_items.Length - 1)] = change;
    }

    /// <summary>Takes the oldest out.</summary>
    public void Take()
    {
        _items[_first] = default;
        _first = (_first + 1) & (_items.Length - 1);
        if (--Count == 0 && _items.Length > KeptMax) (_items, _first) = (new StateChange[KeptMax], 0);
    }

    private void Grow()
    {
        var larger = new StateChange[_items.Length * 2];
        for (var i = 0; i < Count; i++) larger[i] = this[i];
        (_items, _first) = (larger, 0);
    }
}

/// <param name="FirstOffset">The oldest record that the customer's saved state does not include.</param>
/// <param name="At">Timestamp of the change.</param>
internal readonly record struct StateChange(CustomerSlot Slot, long FirstOffset, long At)
{
    /// <summary>False once the customer was saved before its time.</summary>
    public bool IsWaiting => Slot.IsDirty && Slot.DirtySince == At;
}
