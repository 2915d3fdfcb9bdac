using RealtimeInsight.Domain.Customers;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// One customer in memory: the state and what the shard has to remember beside it. Valid for the turn; between two turns a saved customer
/// may leave memory, and has another slot when it comes back.
/// </summary>
internal sealed class CustomerSlot(int index, ulong hash, CustomerState state)
{
    public readonly int Index = index;
    public readonly ulong Hash = hash;
    public CustomerState State = state;

    /// <summary>Position of the newest record in the unit being made; -1 when it has none there.</summary>
    public int UnitHead = -1;

    /// <summary>The round that last took an event of this customer.</summary>
    public int Round;

    /// <summary>Position in the ring of customers in memory.</summary>
    public int RingPosition = -1;

    /// <summary>Bytes that the state was last counted with.</summary>
    public int Bytes;

    public bool IsTouched;

    /// <summary>Differs from its saved state.</summary>
    public bool IsDirty;

    /// <summary>Was asked for since the ring's hand last passed.</summary>
    public bool IsUsed;
}
