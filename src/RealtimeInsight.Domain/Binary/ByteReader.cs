using System.Buffers.Binary;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Binary;

/// <summary>Reads what <see cref="ByteWriter"/> wrote. Every read checks that the bytes are there.</summary>
public ref struct ByteReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> _source = source;

    public int Position { get; private set; }

    /// <summary>What the bytes were written with, see <see cref="SpanWriter.Names"/>.</summary>
    internal NameTable? Names { get; init; }

    public readonly bool IsAtEnd => Position >= _source.Length;

    public byte Byte() => Take(1)[0];

    public bool Bool() => Byte() switch
    {
        0 => false,
        1 => true,
        var value => throw Malformed($"flag is {value}, 0 or 1 is allowed"),
    };

    public ulong Unsigned()
    {
        var result = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var value = Byte();
            result |= (ulong)(value & 0x7F) << shift;
            if ((value & 0x80) == 0) return result;
        }

        throw Malformed("a number has more than 10 bytes");
    }

    /// <summary>A count of things that follow; refused when more than <paramref name="max"/>.</summary>
    public int Count(int max)
    {
        var value = Unsigned();
        return value <= (ulong)max ? (int)value : throw Malformed($"a count is {value}, at most {max} is allowed");
    }

    /// <summary>
    /// A count of things that follow, each of at least <paramref name="itemBytesMin"/> bytes: refused when the rest cannot hold them,
    /// so that broken bytes cannot make the reader reserve memory for what is not there.
    /// </summary>
    public int Count(int max, int itemBytesMin) => Count(Math.Min(max, (_source.Length - Position) / itemBytesMin));

    public uint Unsigned32() => Unsigned() is var value && value <= uint.MaxValue
        ? (uint)value : throw Malformed($"{value} does not fit 32 bits");

    public ushort Unsigned16() => Unsigned() is var value && value <= ushort.MaxValue
        ? (ushort)value : throw Malformed($"{value} does not fit 16 bits");

    public long Signed()
    {
        var value = Unsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public int Int32()
    {
        var value = Signed();
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw Malformed($"{value} does not fit 32 bits");
    }

    public ulong Fixed64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public ushort Fixed16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint Fixed32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public void Fixed64(Span<ulong> destination)
    {
        var bytes = Take(destination.Length * sizeof(ulong));
        for (var i = 0; i < destination.Length; i++) destination[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * sizeof(ulong))..]);
    }

    public float Single() => BinaryPrimitives.ReadSingleLittleEndian(Take(4));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public decimal Decimal()
    {
        var bytes = Take(16);
        Span<int> bits = stackalloc int[4];
        for (var i = 0; i < 4; i++) bits[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * 4)..]);
        try
        {
            return new decimal(bits);
        }
        catch (ArgumentException)
        {
            throw Malformed("a decimal has invalid bits");
        }
    }

    /// <summary>What <see cref="SpanWriter.Moment"/> wrote.</summary>
    public Instant Moment(Instant from)
    {
        var value = Unsigned();
        if (value == 0) return Instant.None;
        if (value == 1) return Time();
        var folded = value - 2;
        return new(unchecked(from.UnixMs + ((long)(folded >> 1) ^ -(long)(folded & 1))));
    }

    /// <summary>What <see cref="SpanWriter.Price"/> wrote.</summary>
    public float Price()
    {
        var value = Unsigned32();
        return (value & 1) == 0 ? (float)((value >> 1) / 100d) : Single();
    }

    /// <summary>What <see cref="SpanWriter.Money"/> wrote.</summary>
    public decimal Money() => Money(Byte());

    /// <inheritdoc cref="SpanWriter.OptionalMoney"/>
    public decimal? OptionalMoney()
    {
        var head = Byte();
        return head == MoneyFormat.None ? null : Money(head);
    }

    private decimal Money(byte head)
    {
        var scale = (byte)(head & MoneyFormat.ScaleBits);
        if (scale > MoneyFormat.ScaleMax || (head & ~(MoneyFormat.ScaleBits | MoneyFormat.Wide | MoneyFormat.Negative)) != 0)
        {
            throw Malformed($"a decimal begins with {head:x2}, which is none");
        }

        var isNegative = (head & MoneyFormat.Negative) != 0;
        return (head & MoneyFormat.Wide) == 0
            ? new decimal((int)Unsigned32(), 0, 0, isNegative, scale)
            : new decimal((int)Fixed32(), (int)Fixed32(), (int)Fixed32(), isNegative, scale);
    }

    public Instant Time() => new(Signed());

    public string Text() => Utf8() is { Length: > 0 } bytes ? System.Text.Encoding.UTF8.GetString(bytes) : "";

    /// <summary>The bytes of a text.</summary>
    public ReadOnlySpan<byte> Utf8() => Take(Count(_source.Length - Position));

    /// <summary>What <see cref="SpanWriter.Name"/> wrote.</summary>
    internal string Name(out ushort label)
    {
        if (Names is null || Unsigned32() is not (> 0 and var number)) return SharedNames.Read(Utf8(), out label);
        var name = Names[(int)(number - 1)] ?? throw Malformed($"a name has the number {number - 1}, which is not given");
        label = EntityHash.Label(name);
        return name;
    }

    internal string? OptionalName() => Bool() ? Name(out _) : null;

    /// <summary>An id that <see cref="ByteWriter.Text"/> wrote; never empty.</summary>
    public CustomerId Customer() =>
        CustomerId.TryParse(Text(), out var id, out var problem) ? id : throw Malformed(problem);

    /// <summary>One byte of an enumeration whose numbers are 0 to <paramref name="max"/>.</summary>
    public byte Choice(byte max, string what)
    {
        var value = Byte();
        return value <= max ? value : throw Malformed($"{what} is {value}, 0 to {max} is known");
    }

    public string? OptionalText() => Bool() ? Text() : null;

    public decimal? OptionalDecimal() => Bool() ? Decimal() : null;

    public void Singles(Span<float> destination)
    {
        var bytes = Take(destination.Length * sizeof(float));
        for (var i = 0; i < destination.Length; i++) destination[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
    }

    /// <summary>Bytes that the source goes on to own.</summary>
    public ReadOnlySpan<byte> Bytes(int length) => Take(length);

    public readonly FormatException Malformed(string problem) => new($"malformed record at byte {Position}: {problem}");

    private ReadOnlySpan<byte> Take(int length)
    {
        if (_source.Length - Position < length) throw Malformed($"{length} bytes needed, {_source.Length - Position} left");
        var taken = _source.Slice(Position, length);
        Position += length;
        return taken;
    }
}
