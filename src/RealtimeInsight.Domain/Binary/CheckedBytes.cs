using System.Buffers;
using System.Numerics;

namespace RealtimeInsight.Domain.Binary;

/// <summary>Bytes that end with a checksum (CRC-32C) of all before it, in eight bytes.</summary>
public static class CheckedBytes
{
    private const int SumBytes = sizeof(ulong);

    /// <summary>What was written, and its checksum.</summary>
    public static byte[] Close(ArrayBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        new ByteWriter(output).Fixed64(SumOf(output.WrittenSpan));
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads what is before the checksum.</summary>
    /// <exception cref="FormatException">The checksum is that of other bytes.</exception>
    public static ByteReader Open(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < SumBytes || new ByteReader(bytes[^SumBytes..]).Fixed64() != SumOf(bytes[..^SumBytes]))
        {
            throw new FormatException("its checksum does not match its content");
        }

        return new ByteReader(bytes[..^SumBytes]);
    }

    private static ulong SumOf(ReadOnlySpan<byte> bytes)
    {
        var crc = 0u;
        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        return crc;
    }
}
