using RealtimeInsight.Domain.Customers;

namespace RealtimeInsight.Engine.Shards;

/// <summary>One customer in its shard: the state and what the shard has to remember beside it.</summary>
internal sealed class CustomerSlot(int index, ulong hash, CustomerState state)
{
    public readonly int Index = index;
    public readonly ulong Hash = hash;
    public CustomerState State = state;

    /// <summary>Another customer with the same hash.</summary>
    public CustomerSlot? SameHash;

    /// <summary>Position of the newest record in the unit being made; -1 when it has none there.</summary>
    public int UnitHead = -1;

    /// <summary>The round that last took an event of this customer.</summary>
    public int Round;

    /// <summary>Position in the list of live customers; -1 when neither session nor cart is open.</summary>
    public int LivePosition = -1;

    /// <summary>Segment that holds the newest saved state; -1 before the first save.</summary>
    public long Segment = -1;
    public bool IsTouched;
    public bool IsDirty;
}
