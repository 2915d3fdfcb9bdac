using System.Buffers.Binary;
using System.Numerics;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Log;

namespace RealtimeInsight.Engine.Storage;

/// <summary>
/// What a segment holds, without the states: read at start. The memory belongs to whoever made it: a store copies what it keeps.
/// </summary>
/// <param name="Number">Number of the segment; newer ones have higher numbers.</param>
/// <param name="Count">States in it.</param>
/// <param name="Body">A header, then a <see cref="StateEntry"/> for each state, in the order of their places.</param>
/// <param name="Checksum">CRC-32C over all of the above.</param>
public sealed record SegmentIndex(long Number, int Count, ReadOnlyMemory<byte> Body, uint Checksum)
{
    /// <summary>One layout so far: version 2 says that states may be of version 2, so that programs of version 1 refuse.</summary>
    public const byte FormatVersion = 2;
    private const byte FormatVersionMin = 1;
    internal const int HeaderLength = 24;
    private const int StampAt = 8;
    private const int NewestAt = 16;

    /// <summary>The same index with the checksum of its content.</summary>
    public SegmentIndex Sealed() => this with { Checksum = ComputeChecksum() };

    /// <exception cref="StoreCorruptException">The content does not match the checksum.</exception>
    /// <exception cref="StoreVersionException">It is of a format that this version does not know.</exception>
    public void Verify(string source)
    {
        var computed = ComputeChecksum();
        if (computed != Checksum)
        {
            throw new StoreCorruptException(source, Number,
                $"the index of state segment {Number} has checksum {Checksum:x8}, its content gives {computed:x8}");
        }

        var version = Body.IsEmpty ? (byte)0 : Body.Span[0];
        if (version is < FormatVersionMin or > FormatVersion)
        {
            throw new StoreVersionException(source, "state segment format", version, FormatVersion);
        }

        if (Body.Length == HeaderLength + (Count * StateEntry.Length)) return;
        throw new StoreCorruptException(source, Number, $"the index of state segment {Number} has {Body.Length} bytes for {Count} states");
    }

    /// <summary>Which settings the deadlines in it were computed with.</summary>
    internal ulong DeadlineStamp => BinaryPrimitives.ReadUInt64LittleEndian(Body.Span[StampAt..]);

    /// <summary>The newest moment that any of its states is folded up to.</summary>
    internal Instant Newest => new(BinaryPrimitives.ReadInt64LittleEndian(Body.Span[NewestAt..]));

    internal StateEntry this[int position] => StateEntry.Read(Body.Span[(HeaderLength + (position * StateEntry.Length))..]);

    internal static void WriteHeader(Span<byte> header, ulong deadlineStamp, Instant newest)
    {
        header[..HeaderLength].Clear();
        header[0] = FormatVersion;
        BinaryPrimitives.WriteUInt64LittleEndian(header[StampAt..], deadlineStamp);
        BinaryPrimitives.WriteInt64LittleEndian(header[NewestAt..], newest.UnixMs);
    }

    private uint ComputeChecksum() =>
        Crc.Of(Body.Span, BitOperations.Crc32C(BitOperations.Crc32C(1u, (ulong)Number), (ulong)Count));
}
