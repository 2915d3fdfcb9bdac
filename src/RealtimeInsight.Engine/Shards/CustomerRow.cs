using System.Runtime.InteropServices;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// What a shard keeps of each customer, also of one whose state is not in memory: 28 bytes. The next deadline is on the timing wheel.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = sizeof(int))]
internal struct CustomerRow
{
    public ulong Hash;

    /// <summary>The segment with the newest saved state, as <see cref="SegmentShares"/> numbers it; -1 for none.</summary>
    public int Share;

    /// <summary>Position in the list of live customers; -1 when neither session nor cart is open.</summary>
    public int LivePosition;

    /// <summary>How likely the customer is lost; not a number while there is no score.</summary>
    public float Risk;

    /// <summary>Page of the segment, and where in it the saved state begins.</summary>
    public ushort Page;
    public ushort At;

    /// <summary>Number among the customers with the same hash.</summary>
    public ushort Twin;

    /// <summary>In what form the state is in memory.</summary>
    public HeldAs Held;

    /// <summary>Was asked for since the hand of <see cref="Residency"/> last passed.</summary>
    public bool IsUsed;
}

/// <summary>Where a customer's state is.</summary>
internal enum HeldAs : byte
{
    /// <summary>In the store alone.</summary>
    Saved = 0,

    /// <summary>As objects, in a slot.</summary>
    Slot = 1,

    /// <summary>As the bytes that it was saved as: who is in no session and has no open cart.</summary>
    Packed = 2,
}
