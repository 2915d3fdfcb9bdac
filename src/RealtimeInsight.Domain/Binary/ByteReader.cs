using System.Buffers.Binary;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Binary;

/// <summary>Reads what <see cref="ByteWriter"/> wrote. Every read checks that the bytes are there.</summary>
public ref struct ByteReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> _source = source;

    public int Position { get; private set; }

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

    public Instant Time() => new(Signed());

    public string Text()
    {
        var length = Count(_source.Length - Position);
        return length == 0 ? "" : System.Text.Encoding.UTF8.GetString(Take(length));
    }

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
        for (var i = 0; i < destination.Length; i++) destination[i] = Single();
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
