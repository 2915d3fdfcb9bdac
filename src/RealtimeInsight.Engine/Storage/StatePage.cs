using System.Buffers.Binary;
using System.Numerics;
using RealtimeInsight.Engine.Log;

namespace RealtimeInsight.Engine.Storage;

/// <summary>
/// Layout of a page of states. For each state, little-endian: its length (4 bytes), CRC-32C of what follows (4), stable hash of the
/// customer's id (8), the state as its codec writes it. Each state has its own checksum: damage in one hides no other.
/// </summary>
internal static class StatePage
{
    /// <summary>
    /// Length that a page is filled up to: with its key it is one leaf of a database of 8 KiB pages. A larger state has a page to itself.
    /// </summary>
    public const int LengthMax = 8_100;

    public const int HeaderLength = 16;

    /// <summary>Fills in the header of a state whose bytes follow it.</summary>
    public static void Seal(Span<byte> entry, ulong customerHash)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(entry, (uint)(entry.Length - HeaderLength));
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], ChecksumOf(customerHash, entry[HeaderLength..]));
        BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], customerHash);
    }

    /// <summary>The state's bytes at a position of a page, verified.</summary>
    /// <exception cref="StoreCorruptException">They are not what was written.</exception>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> page, int at, ulong customerHash, string source, StatePageName name)
    {
        if (at + HeaderLength <= page.Length)
        {
            var entry = page[at..];
            var length = BinaryPrimitives.ReadUInt32LittleEndian(entry);
            if (length <= (uint)(entry.Length - HeaderLength))
            {
                var state = entry.Slice(HeaderLength, (int)length);
                var hash = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);
                var isWhole = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]) == ChecksumOf(hash, state);
                if (isWhole && hash == customerHash) return state;
            }
        }

        throw new StoreCorruptException(source, name.Segment,
            $"the state at byte {at} of page {name.Page} of state segment {name.Segment} does not match its checksum");
    }

    /// <summary>Overwrites a state in place; what is left has its length and a checksum that fits.</summary>
    /// <param name="entry">The page from the state's position on.</param>
    public static void Wipe(Span<byte> entry, ulong customerHash)
    {
        var length = HeaderLength + (int)BinaryPrimitives.ReadUInt32LittleEndian(entry);
        entry[HeaderLength..length].Clear();
        Seal(entry[..length], customerHash);
    }

    private static uint ChecksumOf(ulong customerHash, ReadOnlySpan<byte> state) =>
        Crc.Of(state, BitOperations.Crc32C(0u, customerHash));
}
