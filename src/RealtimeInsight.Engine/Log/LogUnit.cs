using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Log;

/// <summary>
/// The log row of one turn while it is being made and until it is committed. One shard fills it; sealed, it is read by any thread
/// that holds a reference. A record whose predecessor is in the same unit names it by position until the offsets are known.
/// </summary>
internal sealed class LogUnit(LogUnitPool pool)
{
    /// <summary>No record before this one.</summary>
    public const long NoPrevious = -1;

    private const int BytesKeptMax = 64 << 10;
    private readonly PooledBuffer _body = new(8 << 10);
    private readonly PooledBuffer _hashes = new(512);
    private readonly List<int> _starts = [];
    private int _references;

    public long FirstOffset { get; private set; } = -1;

    public int Count => _starts.Count;

    public int Bytes => _body.Length + _hashes.Length;

    public long EndOffset => FirstOffset + Count;

    public Instant MinTime { get; private set; }

    public Instant MaxTime { get; private set; }

    /// <summary>What the log keeps of an event's id: unique for each (id of the customer as sent, event id).</summary>
    public static ulong HashOf(ulong senderHash, EventId id) => StableHash.Combine(senderHash, id.StableHash);

    /// <summary>The predecessor as a record of this very unit.</summary>
    public static long PreviousAt(int position) => -2L - position;

    /// <summary>The position that <see cref="PreviousAt"/> names.</summary>
    public static int PositionOf(long previous) => (int)(-2L - previous);

    /// <summary>An event of the customer with this hash.</summary>
    public void AddEvent(ulong customerHash, long previous, CustomerEvent item)
    {
        var start = Begin(RecordKind.Event, customerHash, previous);
        EventCodec.Write(item, _body);
        End(start);
        AddHash(customerHash, item);
    }

    /// <summary>An event that was sent under another id than its customer's; it is known again by the id that it was sent under.</summary>
    public void AddForwarded(CustomerId customer, ulong customerHash, long previous, CustomerEvent item)
    {
        var start = Begin(RecordKind.Forwarded, customerHash, previous);
        new ByteWriter(_body).Text(customer.Value);
        EventCodec.Write(item, _body);
        End(start);
        AddHash(item.Customer.StableHash, item);
    }

    private void AddHash(ulong senderHash, CustomerEvent item)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_hashes.Append(sizeof(ulong)), HashOf(senderHash, item.Id));
        MinTime = _hashes.Length == sizeof(ulong) ? item.OccurredAt : Instant.Min(MinTime, item.OccurredAt);
        MaxTime = _hashes.Length == sizeof(ulong) ? item.OccurredAt : Instant.Max(MaxTime, item.OccurredAt);
    }

    public void Add(RecordKind kind, ulong customerHash, long previous, ReadOnlySpan<byte> payload)
    {
        var start = Begin(kind, customerHash, previous);
        payload.CopyTo(_body.Append(payload.Length));
        End(start);
    }

    public LogRecord Read(int position) => LogRecordReader.At(_body.Span[_starts[position]..], out _);

    /// <summary>True when an event with the hash is in it, also before it is sealed.</summary>
    public bool ContainsEvent(ulong hash) => MemoryMarshal.Cast<byte, ulong>(_hashes.Span).Contains(hash);

    /// <summary>Nothing is added any more.</summary>
    public void Close() => MemoryMarshal.Cast<byte, ulong>(_hashes.Span).Sort();

    /// <summary>Gives the records their offsets; the unit has been closed.</summary>
    public void Seal(long firstOffset)
    {
        FirstOffset = firstOffset;
        var body = _body.Span;
        foreach (var start in _starts)
        {
            var field = body[(start + LogRecordReader.PreviousAt)..];
            var previous = BinaryPrimitives.ReadInt64LittleEndian(field);
            if (previous < NoPrevious) BinaryPrimitives.WriteInt64LittleEndian(field, firstOffset - 2 - previous);
        }
    }

    /// <summary>The row to be stored; valid while a reference is held.</summary>
    public LogRow ToRow() => new LogRow(FirstOffset, Count, MinTime, MaxTime, _hashes.Memory, _body.Memory, 0).Sealed();

    public void AddReference() => Interlocked.Increment(ref _references);

    /// <summary>Gives a reference up; with the last one the unit goes back to its pool.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0) return;
        FirstOffset = -1;
        (MinTime, MaxTime) = (Instant.None, Instant.None);
        _starts.Clear();
        _body.Clear();
        _hashes.Clear();
        if (_body.Capacity > BytesKeptMax) _body.Release();
        pool.Return(this);
    }

    /// <summary>Taken from the pool again.</summary>
    public void Own() => _references = 1;

    private int Begin(RecordKind kind, ulong customerHash, long previous)
    {
        if (_body.Length == 0) _body.Append(LogRecordReader.BodyHeaderLength)[0] = LogRecordReader.FormatVersion;
        var start = _body.Length;
        var header = _body.Append(LogRecordReader.HeaderLength);
        header[LogRecordReader.KindAt] = (byte)kind;
        BinaryPrimitives.WriteUInt64LittleEndian(header[LogRecordReader.HashAt..], customerHash);
        BinaryPrimitives.WriteInt64LittleEndian(header[LogRecordReader.PreviousAt..], previous);
        return start;
    }

    private void End(int start)
    {
        var payload = _body.Length - start - LogRecordReader.HeaderLength;
        BinaryPrimitives.WriteUInt32LittleEndian(_body.Span[start..], (uint)payload);
        _starts.Add(start);
    }
}
