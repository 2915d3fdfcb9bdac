using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Binary;

/// <summary>
/// Writes the same bytes as <see cref="ByteWriter"/> into one span that the caller has made large enough: for what is written for every
/// event.
/// </summary>
internal ref struct SpanWriter(Span<byte> destination)
{
    /// <summary>Bytes that any number takes at most.</summary>
    public const int NumberMax = 10;

    /// <summary>Texts up to here have a length of one byte, whatever their characters.</summary>
    private const int ShortTextMax = 0x7F / 3;

    private readonly Span<byte> _destination = destination;

    public int Length { get; private set; }

    /// <summary>Bytes that a text takes at most, with its length and the mark of <see cref="OptionalText"/>.</summary>
    public static int MaxOf(string? text) => text is null ? 1 : (text.Length * 3) + NumberMax + 1;

    public void Byte(byte value) => _destination[Length++] = value;

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Unsigned(ulong value)
    {
        var rest = _destination[Length..];
        var length = 0;
        while (value >= 0x80)
        {
            rest[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        rest[length++] = (byte)value;
        Length += length;
    }

    public void Signed(long value) => Unsigned((ulong)((value << 1) ^ (value >> 63)));

    public void Double(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(_destination[Length..], value);
        Length += sizeof(double);
    }

    public void Decimal(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        _ = decimal.GetBits(value, bits);
        if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(bits, bits);
        MemoryMarshal.AsBytes(bits).CopyTo(_destination[Length..]);
        Length += sizeof(decimal);
    }

    public void Time(Instant value) => Signed(value.UnixMs);

    public void Text(string value)
    {
        if (value.Length > ShortTextMax)
        {
            Unsigned((ulong)Encoding.UTF8.GetByteCount(value));
            Length += Encoding.UTF8.GetBytes(value, _destination[Length..]);
            return;
        }

        var length = Encoding.UTF8.GetBytes(value, _destination[(Length + 1)..]);
        _destination[Length] = (byte)length;
        Length += length + 1;
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
}
