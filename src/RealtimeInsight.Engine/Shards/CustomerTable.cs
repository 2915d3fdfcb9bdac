using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Identity;

namespace RealtimeInsight.Engine.Shards;

/// <summary>The customers of one shard, found by id, and the list of those with an open session or cart.</summary>
internal sealed class CustomerTable
{
    private readonly Dictionary<ulong, CustomerSlot> _byHash = [];
    private readonly List<CustomerSlot> _slots = [];
    private readonly List<CustomerSlot> _live = [];

    public int Count => _slots.Count;

    public IReadOnlyList<CustomerSlot> Slots => _slots;

    /// <summary>Customers with an open session or cart, in no order.</summary>
    public IReadOnlyList<CustomerSlot> Live => _live;

    public CustomerSlot this[int index] => _slots[index];

    public CustomerSlot? Find(CustomerId id, ulong hash)
    {
        var slot = _byHash.GetValueOrDefault(hash);
        while (slot is not null && slot.State.Id != id) slot = slot.SameHash;
        return slot;
    }

    public CustomerSlot GetOrAdd(CustomerId id, ulong hash) => Find(id, hash) ?? Add(hash, new CustomerState(id));

    public CustomerSlot Add(ulong hash, CustomerState state)
    {
        var slot = new CustomerSlot(_slots.Count, hash, state) { SameHash = _byHash.GetValueOrDefault(hash) };
        _byHash[hash] = slot;
        _slots.Add(slot);
        return slot;
    }

    /// <summary>Puts the customer on the list of live ones, or takes it off, as its state says.</summary>
    public void Track(CustomerSlot slot)
    {
        var isLive = slot.State.Session.IsOpen || (slot.State.Cart is { } cart && CartStates.IsOpen(cart.State));
        if (isLive == slot.LivePosition >= 0) return;
        if (isLive)
        {
            slot.LivePosition = _live.Count;
            _live.Add(slot);
            return;
        }

        var last = _live[^1];
        _live[slot.LivePosition] = last;
        last.LivePosition = slot.LivePosition;
        _live.RemoveAt(_live.Count - 1);
        slot.LivePosition = -1;
    }
}
