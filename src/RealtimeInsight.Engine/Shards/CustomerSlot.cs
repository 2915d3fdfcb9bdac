using RealtimeInsight.Domain.Customers;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// One customer in memory as objects: the state and what the shard has to remember beside it. Valid for the turn; between two turns a saved
/// customer may leave memory or be packed, and has another slot when it comes back.
/// </summary>
internal sealed class CustomerSlot(int index, ulong hash, CustomerState state)
{
    /// <summary>Cache lines that the object itself takes.</summary>
    public const int OwnLines = 2;

    public readonly int Index = index;
    public readonly ulong Hash = hash;
    private CustomerState? _state = state;

    /// <summary>The state to work on.</summary>
    public CustomerState State
    {
        get => _state ?? throw new InvalidOperationException("the slot's customer has left it; find the customer again");
        set => _state = value;
    }

    /// <summary>Position of the newest record in the unit being made; -1 when it has none there.</summary>
    public int UnitHead = -1;

    /// <summary>The round that last took an event of this customer.</summary>
    public int Round;

    /// <summary>Bytes that the state was last counted with.</summary>
    public int Bytes;

    public bool IsTouched;

    /// <summary>Differs from its saved state.</summary>
    public bool IsDirty;

    /// <summary>Timestamp of the change since which it differs.</summary>
    public long DirtySince;

    /// <summary>The customer has left: whoever still holds the slot does not hold the state.</summary>
    public void Leave() => _state = null;

    /// <summary>Asks for the state's memory, see <see cref="Domain.Binary.CacheLines"/>.</summary>
    public void Prefetch() => _state?.Prefetch();

    /// <summary>Asks for the memory of the state's lists, a while after <see cref="Prefetch"/>.</summary>
    public void PrefetchLists() => _state?.PrefetchLists();
}
