using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using RealtimeInsight.Domain.Text;
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

    /// <summary>Bytes that <see cref="Money"/> takes at most.</summary>
    public const int MoneyMax = 13;

    /// <summary>Texts up to here have a length of one byte, whatever their characters.</summary>
    private const int ShortTextMax = 0x7F / 3;

    private readonly Span<byte> _destination = destination;

    public int Length { get; private set; }

    /// <summary>Where <see cref="Name"/> takes numbers from; null to write texts.</summary>
    public NameTable? Names { get; init; }

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

    public void Fixed16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_destination[Length..], value);
        Length += sizeof(ushort);
    }

    public void Fixed32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_destination[Length..], value);
        Length += sizeof(uint);
    }

    public void Fixed64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_destination[Length..], value);
        Length += sizeof(ulong);
    }

    public void Single(float value) => Fixed32(BitConverter.SingleToUInt32Bits(value));

    public void Singles(ReadOnlySpan<float> values)
    {
        foreach (var value in values) Single(value);
    }

    /// <summary>
    /// A moment by its distance from another, which it is mostly near to: 0 for none, 1 before the time itself where the distance has no
    /// room beside these two.
    /// </summary>
    public void Moment(Instant value, Instant from)
    {
        if (!value.HasValue)
        {
            Byte(0);
            return;
        }

        var distance = unchecked(value.UnixMs - from.UnixMs);
        var folded = (ulong)((distance << 1) ^ (distance >> 63));
        if (folded <= ulong.MaxValue - 2)
        {
            Unsigned(folded + 2);
            return;
        }

        Byte(1);
        Time(value);
    }

    /// <summary>
    /// An amount that was mostly whole cents before it became a float: those as a number, others by their bits; both come back bit for bit.
    /// </summary>
    public void Price(float value)
    {
        const float Max = 100_000f;
        if (value is >= 0f and < Max)
        {
            var cents = (uint)Math.Round(value * 100d);
            if (BitConverter.SingleToUInt32Bits((float)(cents / 100d)) == BitConverter.SingleToUInt32Bits(value))
            {
                Unsigned(cents << 1);
                return;
            }
        }

        Byte(1);
        Single(value);
    }

    /// <summary>A decimal with its scale: in few bytes where it has few digits.</summary>
    public void Money(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        _ = decimal.GetBits(value, bits);
        var head = (byte)((bits[3] >> 16) | (bits[3] < 0 ? MoneyFormat.Negative : 0));
        if (bits[1] == 0 && bits[2] == 0)
        {
            Byte(head);
            Unsigned((uint)bits[0]);
            return;
        }

        Byte((byte)(head | MoneyFormat.Wide));
        for (var i = 0; i < 3; i++) Fixed32((uint)bits[i]);
    }

    public void OptionalMoney(decimal? value)
    {
        if (value is { } number) Money(number);
        else Byte(MoneyFormat.None);
    }

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

    /// <summary>A name that many customers have in common: with a table 0 and the text, or its number and 1; else the text.</summary>
    public void Name(string value)
    {
        if (Names?.NumberOf(value) is not { } number)
        {
            Text(value);
            return;
        }

        Unsigned((uint)(number + 1));
        if (number < 0) Text(value);
    }

    public void OptionalName(string? value)
    {
        Bool(value is not null);
        if (value is not null) Name(value);
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
