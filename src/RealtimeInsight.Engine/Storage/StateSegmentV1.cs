using System.Buffers.Binary;
using System.Numerics;
using RealtimeInsight.Engine.Log;

namespace RealtimeInsight.Engine.Storage;

/// <summary>
/// A state segment as version 1 wrote it: all states in one body, without an index. Read at start, never written any more; its states are
/// saved again as <see cref="StateSegment"/>s.
/// </summary>
/// <param name="Body">For each state: length (4 bytes), stable hash of the customer's id (8), the state as its codec writes it.</param>
public sealed record StateSegmentV1(long Number, int Count, ReadOnlyMemory<byte> Body, uint Checksum)
{
    internal const int HeaderLength = 12;

    /// <exception cref="StoreCorruptException">The content does not match the checksum.</exception>
    public void Verify(string source)
    {
        var computed = Crc.Of(Body.Span, BitOperations.Crc32C(BitOperations.Crc32C(0u, (ulong)Number), (ulong)Count));
        // Zeros where a segment was have the checksum zero: they are told by the count.
        if (computed == Checksum && Count > 0) return;
        throw new StoreCorruptException(source, Number,
            $"state segment {Number} has checksum {Checksum:x8}, its content gives {computed:x8}");
    }

    /// <summary>Reads the entry at the start of <paramref name="rest"/> and moves past it; false at the end.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> rest, out ulong customerHash, out ReadOnlySpan<byte> state)
    {
        if (rest.IsEmpty)
        {
            customerHash = 0;
            state = default;
            return false;
        }

        var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(rest);
        customerHash = BinaryPrimitives.ReadUInt64LittleEndian(rest[4..]);
        state = rest.Slice(HeaderLength, length);
        rest = rest[(HeaderLength + length)..];
        return true;
    }
}
