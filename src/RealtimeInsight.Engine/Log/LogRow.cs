using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Log;

/// <summary>
/// One row of the log: the records of one shard turn with consecutive offsets. The memory belongs to whoever made the row: a store
/// copies what it keeps.
/// </summary>
/// <param name="FirstOffset">Offset of the first record.</param>
/// <param name="Count">Records in the row, at least 1.</param>
/// <param name="MinTime">Oldest event time in it; <see cref="Instant.None"/> without events.</param>
/// <param name="MaxTime">Newest event time in it.</param>
/// <param name="EventHashes">Sorted little-endian 64-bit hashes of (customer, event id), one for each event.</param>
/// <param name="Body">The records, see <see cref="LogRecordReader"/>.</param>
/// <param name="Checksum">CRC-32C over all of the above.</param>
public sealed record LogRow(
    long FirstOffset,
    int Count,
    Instant MinTime,
    Instant MaxTime,
    ReadOnlyMemory<byte> EventHashes,
    ReadOnlyMemory<byte> Body,
    uint Checksum)
{
    public long EndOffset => FirstOffset + Count;

    public bool Holds(long offset) => offset >= FirstOffset && offset < EndOffset;

    /// <summary>The same row with the checksum of its content.</summary>
    public LogRow Sealed() => this with { Checksum = ComputeChecksum() };

    /// <exception cref="StoreCorruptException">The content does not match the checksum.</exception>
    public void Verify(string source)
    {
        var computed = ComputeChecksum();
        // Zeros where a row was have the checksum zero: they are told by the count.
        if (computed == Checksum && Count > 0) return;
        throw new StoreCorruptException(source, FirstOffset,
            $"log row at offset {FirstOffset} ({Count} records) has checksum {Checksum:x8}, its content gives {computed:x8}");
    }

    /// <summary>True when an event with this hash is in the row.</summary>
    public static bool HasEvent(ReadOnlySpan<byte> eventHashes, ulong hash)
    {
        int low = 0, high = (eventHashes.Length / sizeof(ulong)) - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var found = BinaryPrimitives.ReadUInt64LittleEndian(eventHashes[(middle * sizeof(ulong))..]);
            if (found == hash) return true;
            if (found < hash) low = middle + 1;
            else high = middle - 1;
        }

        return false;
    }

    private uint ComputeChecksum()
    {
        var crc = BitOperations.Crc32C(0u, (ulong)FirstOffset);
        crc = BitOperations.Crc32C(crc, (ulong)Count);
        crc = BitOperations.Crc32C(crc, (ulong)MinTime.UnixMs);
        crc = BitOperations.Crc32C(crc, (ulong)MaxTime.UnixMs);
        return Crc.Of(Body.Span, Crc.Of(EventHashes.Span, crc));
    }
}

/// <summary>CRC-32C (Castagnoli) over bytes, eight at a time.</summary>
internal static class Crc
{
    public static uint Of(ReadOnlySpan<byte> data, uint seed = 0)
    {
        var crc = BitOperations.Crc32C(seed, (ulong)data.Length);
        var words = MemoryMarshal.Cast<byte, ulong>(data);
        foreach (var word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (var value in data[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, value);
        return crc;
    }
}
