using System.Buffers;
using System.Runtime.CompilerServices;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Engine.Timers;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// The customers of one shard, found by id: a row for each, and for those in memory a slot, or the bytes they were saved as while they are
/// idle. Whoever asks for a slot gets it awake, unpacked or read from the store when it has to be; what a turn will touch is better named
/// before (<see cref="ColdStates.Want"/>) and read at once.
/// </summary>
internal sealed class CustomerTable
{
    private readonly Chunks<CustomerRow> _rows = new();

    // Slots and byte arrays: the row says which, so that looking does not touch the object itself.
    private readonly Chunks<object?> _held = new();
    private readonly RowIndex _index;
    private readonly NameTable _names = new();
    private readonly ArrayBufferWriter<byte> _packing = new(4 << 10);
    private CustomerSlot?[] _asked = [];

    public CustomerTable(SegmentShares shares, IEngineStore store, ShardCounters counters)
    {
        _index = new RowIndex(_rows);
        Resident = new Residency(_rows, counters);
        Cold = new ColdStates(this, shares, store, counters);
        Live = new LiveList(this);
    }

    public int Count => _rows.Count;

    /// <summary>Customers in memory.</summary>
    public Residency Resident { get; }

    /// <summary>Reads of customers who are not in memory.</summary>
    public ColdStates Cold { get; }

    /// <summary>Customers with an open session or cart.</summary>
    public LiveList Live { get; }

    /// <summary>The customer's slot, awake.</summary>
    /// <exception cref="StoreException">The state is not in memory and cannot be read.</exception>
    public CustomerSlot this[int index]
    {
        get
        {
            ref var row = ref _rows[index];
            row.IsUsed = true;
            if (row.Held == HeldAs.Slot) return SlotAt(index);
            return row.Held == HeldAs.Packed ? Wake(index, Unpacked(index)) : Cold.Read(index);
        }
    }

    /// <summary>Row of the first customer with this hash; -1 when there is none.</summary>
    public int RowOf(ulong hash)
    {
        var cursor = _index.Start(hash);
        return _index.Next(hash, ref cursor);
    }

    public ref CustomerRow Row(int index) => ref _rows[index];

    /// <summary>The slot of a customer who has one; null for others.</summary>
    public CustomerSlot? Awake(int index) => _rows[index].Held == HeldAs.Slot ? SlotAt(index) : null;

    public bool IsInMemory(int index) => _rows[index].Held != HeldAs.Saved;

    /// <summary>The state to look at: one that is packed stays so, and what is returned is a copy.</summary>
    /// <exception cref="StoreException">The state is not in memory and cannot be read.</exception>
    public CustomerState Peek(int index)
    {
        ref var row = ref _rows[index];
        row.IsUsed = true;
        return row.Held == HeldAs.Packed ? Unpacked(index) : this[index].State;
    }

    /// <inheritdoc cref="Peek(int)"/>
    public CustomerState? Peek(CustomerId id, ulong hash) => RowOf(id, hash) is >= 0 and var row ? Peek(row) : null;

    /// <exception cref="StoreException">A state is not in memory and cannot be read.</exception>
    public CustomerSlot? Find(CustomerId id, ulong hash) => RowOf(id, hash) is >= 0 and var row ? this[row] : null;

    /// <exception cref="StoreException">A state is not in memory and cannot be read.</exception>
    public CustomerSlot GetOrAdd(CustomerId id, ulong hash) => Find(id, hash) ?? Add(hash, new CustomerState(id));

    public CustomerSlot Add(ulong hash, CustomerState state)
    {
        var index = AddRow(new CustomerRow { Hash = hash, Share = -1, LivePosition = -1, Risk = float.NaN, Twin = NextTwin(hash) });
        return Wake(index, state);
    }

    /// <summary>Adds a customer whose state stays in the store.</summary>
    public int AddCold(in StateEntry entry, int share) => AddRow(new CustomerRow
    {
        Hash = entry.Hash, Share = share, LivePosition = -1, Risk = entry.Risk, Page = entry.Page, At = entry.At, Twin = entry.Twin,
    });

    /// <summary>Row of the customer with this hash and number; -1 when there is none.</summary>
    public int FindTwin(ulong hash, ushort twin)
    {
        var cursor = _index.Start(hash);
        int row;
        do row = _index.Next(hash, ref cursor);
        while (row >= 0 && _rows[row].Twin != twin);
        return row;
    }

    /// <summary>Names the customers with this hash for the next <see cref="ColdStates.ReadWanted"/>.</summary>
    public void Want(ulong hash)
    {
        var cursor = _index.Start(hash);
        while (_index.Next(hash, ref cursor) is >= 0 and var row) Cold.Want(row);
    }

    /// <summary>Names the customers with these hashes for the next read; costs nothing while all are in memory.</summary>
    public void Want(ReadOnlySpan<ulong> hashes)
    {
        if (Resident.Count == Count) return;
        foreach (var hash in hashes) Want(hash);
    }

    /// <summary>
    /// Asks for the memory of those customers with these hashes who are awake: all places first, then all rows, slots, states and lists, so
    /// that the misses of many customers overlap.
    /// </summary>
    public void Prefetch(ReadOnlySpan<ulong> hashes, TimingWheel wheel)
    {
        if (_asked.Length < hashes.Length) _asked = new CustomerSlot?[Math.Max(hashes.Length, 256)];
        var asked = _asked.AsSpan(0, hashes.Length);
        _index.Prefetch(hashes);
        foreach (var hash in hashes)
        {
            if (_index.First(hash) is >= 0 and var row) PrefetchRow(row);
        }

        for (var i = 0; i < asked.Length; i++)
        {
            var cursor = _index.Start(hashes[i]);
            var row = _index.Next(hashes[i], ref cursor);
            asked[i] = row >= 0 ? Awake(row) : null;
            if (row < 0) continue;
            wheel.Prefetch(row);
            if (asked[i] is { } slot) CacheLines.Ask(slot, CustomerSlot.OwnLines);
        }

        foreach (var slot in asked) slot?.Prefetch();
        foreach (var slot in asked) slot?.PrefetchLists();
        asked.Clear();
    }

    /// <summary>Asks for a row and its entry in the list of slots.</summary>
    public void PrefetchRow(int row)
    {
        CacheLines.Ask(ref _rows[row]);
        CacheLines.Ask(ref Unsafe.As<object?, nint>(ref _held[row]));
    }

    /// <summary>Gives a row its state, as objects.</summary>
    public CustomerSlot Wake(int index, CustomerState state)
    {
        if (IsInMemory(index)) Leave(index);
        ref var row = ref _rows[index];
        (row.Held, row.IsUsed) = (HeldAs.Slot, true);
        var slot = new CustomerSlot(index, row.Hash, state);
        _held[index] = slot;
        Resident.Add(slot);
        return slot;
    }

    /// <summary>Holds a saved customer as its bytes from now on; its slot is of no use any more.</summary>
    /// <param name="slot">Saved, and of nobody in a session or with an open cart.</param>
    public void Pack(CustomerSlot slot)
    {
        _packing.ResetWrittenCount();
        CustomerStateCodec.Pack(slot.State, _packing, _names);
        var packed = _packing.WrittenSpan.ToArray();
        Leave(slot.Index);
        _rows[slot.Index].Held = HeldAs.Packed;
        _held[slot.Index] = packed;
        Resident.Add(packed);
    }

    /// <summary>Takes a saved customer out of memory.</summary>
    public void Leave(int index)
    {
        ref var row = ref _rows[index];
        if (row.Held == HeldAs.Packed)
        {
            Resident.Remove(PackedAt(index));
        }
        else
        {
            var slot = SlotAt(index);
            Resident.Remove(slot);
            slot.Leave();
        }

        row.Held = HeldAs.Saved;
        _held[index] = null;
    }

    /// <summary>Makes room for that many customers at once.</summary>
    public void Reserve(int count) => _index.Reserve(count);

    private int AddRow(in CustomerRow row)
    {
        var index = _rows.Add(row);
        _held.Add(null);
        _index.Add(index);
        return index;
    }

    private CustomerSlot SlotAt(int index) => Unsafe.As<CustomerSlot>(_held[index])!;

    private CustomerState Unpacked(int index) => CustomerStateCodec.Unpack(PackedAt(index), _names);

    private byte[] PackedAt(int index) => Unsafe.As<byte[]>(_held[index])!;

    /// <summary>-1 when there is no such customer.</summary>
    private int RowOf(CustomerId id, ulong hash)
    {
        var cursor = _index.Start(hash);
        while (_index.Next(hash, ref cursor) is >= 0 and var row)
        {
            var isFound = _rows[row].Held == HeldAs.Packed ? CustomerStateCodec.IsOf(PackedAt(row), id) : this[row].State.Id == id;
            if (isFound) return row;
        }

        return -1;
    }

    private ushort NextTwin(ulong hash)
    {
        var next = 0;
        var cursor = _index.Start(hash);
        while (_index.Next(hash, ref cursor) is >= 0 and var row) next = Math.Max(next, _rows[row].Twin + 1);
        return checked((ushort)next);
    }
}
