using RealtimeInsight.Domain.Customers;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// One customer in memory: the state and what the shard has to remember beside it. Valid for the turn; between two turns a saved customer
/// may leave memory, and has another slot when it comes back. The state of one that is neither in a session nor has an open cart is held as
/// the bytes it was saved as, which take less than half of its objects.
/// </summary>
internal sealed class CustomerSlot(int index, ulong hash, CustomerState state)
{
    /// <summary>Cache lines that the object itself takes.</summary>
    public const int OwnLines = 2;
    private const int PackedOverhead = 24;

    public readonly int Index = index;
    public readonly ulong Hash = hash;
    private CustomerState? _state = state;
    private byte[]? _packed;

    /// <summary>The state to work on: one that is packed is unpacked, and stays so until it is saved again.</summary>
    public CustomerState State
    {
        get => _state ?? Unpack();
        set => _state = value;
    }

    /// <summary>The state to look at: one that is packed stays so, and what is returned is a copy.</summary>
    public CustomerState Peek() => _state ?? CustomerStateCodec.Read(_packed);

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

    /// <summary>Timestamp of the change since which it differs.</summary>
    public long DirtySince;

    /// <summary>Holds the state as its bytes from now on.</summary>
    /// <param name="written">What <see cref="CustomerStateCodec"/> wrote of this very state.</param>
    public void Pack(ReadOnlySpan<byte> written) => (_packed, _state) = (written.ToArray(), null);

    /// <summary>About what the customer takes.</summary>
    public int Footprint() => _packed is { } packed ? packed.Length + PackedOverhead : StateFootprint.Of(State);

    /// <summary>Asks for the state's memory, see <see cref="Domain.Binary.CacheLines"/>.</summary>
    public void Prefetch() => _state?.Prefetch();

    /// <summary>Asks for the memory of the state's lists, a while after <see cref="Prefetch"/>.</summary>
    public void PrefetchLists() => _state?.PrefetchLists();

    private CustomerState Unpack()
    {
        _state = CustomerStateCodec.Read(_packed);
        _packed = null;
        return _state;
    }

    /// <summary>Was asked for since the ring's hand last passed.</summary>
    public bool IsUsed;
}
