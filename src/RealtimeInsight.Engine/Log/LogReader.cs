using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Log;

/// <summary>One record read by its offset; owns its payload.</summary>
internal sealed record LogEntry(long Offset, RecordKind Kind, long Previous, byte[] Payload)
{
    public static LogEntry Of(long offset, LogRecord record) => new(offset, record.Kind, record.Previous, record.Payload.ToArray());
}

/// <summary>Reads records by offset: from units on their way to the store, from rows read lately, or from the store. Thread-safe.</summary>
internal sealed class LogReader(IEngineStore store, int rowsMax)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<CachedRow> _rows = new();
    private long _start;

    /// <summary>Units not yet committed; null during recovery.</summary>
    public CommitQueue? Queue { get; set; }

    public string StoreName => store.Name;

    /// <summary>
    /// Records below are not read any more, whether they are still there or not. Histories that reach below it are cut off there.
    /// </summary>
    public long Start
    {
        get => Volatile.Read(ref _start);
        set => Volatile.Write(ref _start, value);
    }

    /// <summary>The record; null when it is not kept any more.</summary>
    /// <exception cref="StoreCorruptException">No record has this offset, or its row is damaged.</exception>
    public LogEntry? Find(long offset)
    {
        if (offset < Start) return null;
        try
        {
            return Read(offset);
        }
        catch (StoreCorruptException) when (offset < Start)
        {
            // It went between the two looks.
            return null;
        }
    }

    /// <exception cref="StoreCorruptException">No record has this offset, or its row is damaged.</exception>
    public LogEntry Read(long offset)
    {
        if (Queue?.Acquire(offset) is { } unit)
        {
            try
            {
                return LogEntry.Of(offset, unit.Read((int)(offset - unit.FirstOffset)));
            }
            finally
            {
                unit.Release();
            }
        }

        var row = FindRow(offset);
        var start = row.Starts[(int)(offset - row.Row.FirstOffset)];
        return LogEntry.Of(offset, LogRecordReader.At(row.Row.Body.Span[start..], out _));
    }

    /// <summary>The row was rewritten: it is read anew.</summary>
    public void Forget(long firstOffset)
    {
        lock (_gate)
        {
            for (var node = _rows.First; node is not null; node = node.Next)
            {
                if (node.Value.Row.FirstOffset != firstOffset) continue;
                _rows.Remove(node);
                return;
            }
        }
    }

    private CachedRow FindRow(long offset)
    {
        lock (_gate)
        {
            for (var node = _rows.First; node is not null; node = node.Next)
            {
                if (!node.Value.Row.Holds(offset)) continue;
                _rows.Remove(node);
                _rows.AddFirst(node);
                return node.Value;
            }
        }

        var found = store.FindRow(offset)
            ?? throw new StoreCorruptException(store.Name, offset, $"the log has no record at offset {offset}");
        var row = new CachedRow(found, StartsOf(found));
        lock (_gate)
        {
            _rows.AddFirst(row);
            if (_rows.Count > rowsMax) _rows.RemoveLast();
        }

        return row;
    }

    private int[] StartsOf(LogRow row)
    {
        _ = new LogRecordReader(row.Body.Span, store.Name);
        var starts = new int[row.Count];
        var at = LogRecordReader.BodyHeaderLength;
        for (var i = 0; i < starts.Length; i++)
        {
            starts[i] = at;
            _ = LogRecordReader.At(row.Body.Span[at..], out var length);
            at += length;
        }

        return starts;
    }

    private sealed record CachedRow(LogRow Row, int[] Starts);
}
