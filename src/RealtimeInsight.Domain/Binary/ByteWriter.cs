using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Binary;

/// <summary>Writes the primitive values of the binary formats: little-endian, LEB128 variable-length integers, UTF-8 text.</summary>
public readonly ref struct ByteWriter(IBufferWriter<byte> output)
{
    private readonly IBufferWriter<byte> _output = output;

    public void Byte(byte value)
    {
        _output.GetSpan(1)[0] = value;
        _output.Advance(1);
    }

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Unsigned(ulong value)
    {
        var span = _output.GetSpan(10);
        var length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[length++] = (byte)value;
        _output.Advance(length);
    }

    /// <summary>Zig-zag, so that small negative numbers stay short.</summary>
    public void Signed(long value) => Unsigned((ulong)((value << 1) ^ (value >> 63)));

    public void Fixed64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_output.GetSpan(8), value);
        _output.Advance(8);
    }

    public void Single(float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(_output.GetSpan(4), value);
        _output.Advance(4);
    }

    public void Double(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(_output.GetSpan(8), value);
        _output.Advance(8);
    }

    public void Decimal(decimal value)
    {
        var span = _output.GetSpan(16);
        Span<int> bits = stackalloc int[4];
        _ = decimal.GetBits(value, bits);
        for (var i = 0; i < 4; i++) BinaryPrimitives.WriteInt32LittleEndian(span[(i * 4)..], bits[i]);
        _output.Advance(16);
    }

    public void Time(Instant value) => Signed(value.UnixMs);

    public void Text(string value)
    {
        var length = System.Text.Encoding.UTF8.GetByteCount(value);
        Unsigned((ulong)length);
        _ = System.Text.Encoding.UTF8.GetBytes(value, _output.GetSpan(length));
        _output.Advance(length);
    }

    /// <summary>Null is kept apart from empty.</summary>
    public void OptionalText(string? value)
    {
        Bool(value is not null);
        if (value is not null) Text(value);
    }

    public void OptionalDecimal(decimal? value)
    {
        Bool(value.HasValue);
        if (value is { } number) Decimal(number);
    }

    public void Singles(ReadOnlySpan<float> values)
    {
        foreach (var value in values) Single(value);
    }
}
