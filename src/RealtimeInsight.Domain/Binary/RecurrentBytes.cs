namespace RealtimeInsight.Domain.Binary;

/// <summary>
/// Values of a recurrent state in fewer bytes, bit for bit the same: they lie between -1 and 1, so that sign and upper exponent bits take
/// one of a few values, which get three bits each; the three lower bytes follow as they are.
/// </summary>
internal static class RecurrentBytes
{
    private const int CodeBits = 3;
    private const int Other = 7;

    /// <summary>Highest bytes of numbers of magnitude 1/2 to 2, 1/8 to 1/2, 1/32 to 1/8, and of the next smaller positive ones.</summary>
    private static ReadOnlySpan<byte> Common => [0x3F, 0xBF, 0x3E, 0xBE, 0x3D, 0xBD, 0x3C];

    public static void Write(ref SpanWriter writer, ReadOnlySpan<float> values)
    {
        var (bits, count) = (0u, 0);
        foreach (var value in values)
        {
            bits |= (uint)CodeOf(HighOf(value)) << count;
            for (count += CodeBits; count >= 8; count -= 8, bits >>= 8) writer.Byte((byte)bits);
        }

        if (count > 0) writer.Byte((byte)bits);
        foreach (var value in values)
        {
            var number = BitConverter.SingleToUInt32Bits(value);
            writer.Fixed16((ushort)number);
            writer.Byte((byte)(number >> 16));
            if (CodeOf(HighOf(value)) == Other) writer.Byte(HighOf(value));
        }
    }

    public static void Read(ref ByteReader reader, Span<float> values)
    {
        var codes = reader.Bytes(((values.Length * CodeBits) + 7) / 8);
        var (bits, count, next) = (0u, 0, 0);
        foreach (ref var value in values)
        {
            for (; count < CodeBits; count += 8) bits |= (uint)codes[next++] << count;
            var code = (int)(bits & Other);
            bits >>= CodeBits;
            count -= CodeBits;
            var low = reader.Fixed16() | ((uint)reader.Byte() << 16);
            value = BitConverter.UInt32BitsToSingle(low | ((uint)(code == Other ? reader.Byte() : Common[code]) << 24));
        }
    }

    private static byte HighOf(float value) => (byte)(BitConverter.SingleToUInt32Bits(value) >> 24);

    private static int CodeOf(byte high) => Common.IndexOf(high) is >= 0 and var code ? code : Other;
}
