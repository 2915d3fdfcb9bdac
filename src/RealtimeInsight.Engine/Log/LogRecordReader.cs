using System.Buffers.Binary;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Log;

/// <summary>One record inside a row's body; the payload is valid as long as the body is.</summary>
public readonly ref struct LogRecord
{
    public required RecordKind Kind { get; init; }

    /// <summary>Stable hash of the customer's id: routes the record in recovery without decoding it.</summary>
    public required ulong CustomerHash { get; init; }

    /// <summary>Offset of the same customer's record before this one; -1 for the first.</summary>
    public required long Previous { get; init; }

    public required ReadOnlySpan<byte> Payload { get; init; }
}

/// <summary>
/// Reads the records of a row in order. Layout, little-endian: one byte format version, then for each record: length of the payload
/// (4 bytes), kind (1), customer hash (8), previous offset (8), payload.
/// </summary>
public ref struct LogRecordReader
{
    public const byte FormatVersion = 1;
    internal const int BodyHeaderLength = 1;
    internal const int KindAt = 4;
    internal const int HashAt = 5;
    internal const int PreviousAt = 13;
    internal const int HeaderLength = 21;

    private ReadOnlySpan<byte> _rest;

    /// <param name="body">A verified body.</param>
    /// <param name="source">The store's name, for messages.</param>
    /// <exception cref="StoreVersionException">The body is of a format that this version does not know.</exception>
    public LogRecordReader(ReadOnlySpan<byte> body, string source)
    {
        var version = body.IsEmpty ? (byte)0 : body[0];
        if (version != FormatVersion) throw new StoreVersionException(source, "log row format", version, FormatVersion);
        _rest = body[BodyHeaderLength..];
    }

    public bool TryRead(out LogRecord record)
    {
        if (_rest.IsEmpty)
        {
            record = default;
            return false;
        }

        record = At(_rest, out var length);
        _rest = _rest[length..];
        return true;
    }

    /// <summary>The record at a byte position; <paramref name="length"/> is what it takes with its header.</summary>
    internal static LogRecord At(ReadOnlySpan<byte> data, out int length)
    {
        var payload = (int)BinaryPrimitives.ReadUInt32LittleEndian(data);
        length = HeaderLength + payload;
        return new LogRecord
        {
            Kind = (RecordKind)data[KindAt],
            CustomerHash = BinaryPrimitives.ReadUInt64LittleEndian(data[HashAt..]),
            Previous = BinaryPrimitives.ReadInt64LittleEndian(data[PreviousAt..]),
            Payload = data.Slice(HeaderLength, payload),
        };
    }
}
