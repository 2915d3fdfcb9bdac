using System.Buffers.Binary;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// Saves changed customers behind the log, oldest change first, a few after each turn. Keeps account of which segment holds whose newest
/// state: a segment that holds few is emptied by saving those again, one that holds none is given up.
/// </summary>
internal sealed class StateSaver(EngineOptions options, TimeProvider time, SegmentNumbers numbers)
{
    private const int LiveShareMin = 4;
    private readonly Queue<Change> _changes = new();
    private readonly Dictionary<long, SegmentShare> _segments = [];
    private readonly long _intervalTicks = (long)(options.SaveInterval.TotalSeconds * time.TimestampFrequency);

    public int Waiting => _changes.Count;

    /// <summary>The oldest record that no saved state includes.</summary>
    public long FirstUnsaved => _changes.TryPeek(out var change) ? change.FirstOffset : long.MaxValue;

    /// <summary>The customer differs from its saved state since the record at <paramref name="firstOffset"/>.</summary>
    public void Changed(CustomerSlot slot, long firstOffset)
    {
        if (slot.IsDirty) return;
        slot.IsDirty = true;
        _changes.Enqueue(new Change(slot, firstOffset, time.GetTimestamp()));
    }

    /// <summary>A state read at recovery: the newest of its customer is in this segment.</summary>
    public void Loaded(CustomerSlot slot, long segment)
    {
        slot.Segment = segment;
        if (!_segments.TryGetValue(segment, out var share)) _segments[segment] = share = new SegmentShare([]);
        share.Slots.Add(slot);
        share.Live++;
    }

    /// <summary>Segments that this shard has a newest state in.</summary>
    public IEnumerable<long> Segments => _segments.Keys;

    /// <summary>How long until the next save is due; null when nothing waits.</summary>
    public TimeSpan? DueIn()
    {
        if (!_changes.TryPeek(out var change)) return null;
        var left = change.At + _intervalTicks - time.GetTimestamp();
        return left <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)left / time.TimestampFrequency);
    }

    /// <summary>Writes the states whose time has come, or all up to the pace's limit when asked; null when there are none.</summary>
    /// <param name="tail">Offset that the next record will get.</param>
    public CommitUnit? Save(int shard, bool isAll, long tail)
    {
        if (_changes.Count == 0 || (!isAll && _changes.Count <= options.SaveDirtyMax && DueIn() > TimeSpan.Zero)) return null;
        var saved = new SavedStates { Number = numbers.Next() };
        var share = new SegmentShare(new List<CustomerSlot>(Math.Min(_changes.Count, options.SaveStatesMax)));
        while (share.Slots.Count < options.SaveStatesMax && _changes.TryDequeue(out var change))
        {
            Write(change.Slot, saved.Body);
            change.Slot.IsDirty = false;
            Release(change.Slot.Segment, saved.Released, tail);
            change.Slot.Segment = saved.Number;
            share.Slots.Add(change.Slot);
        }

        share.Live = saved.Count = share.Slots.Count;
        _segments[saved.Number] = share;
        saved.FirstUnsaved = FirstUnsaved;
        return new CommitUnit { Shard = shard, Saved = saved };
    }

    private static void Write(CustomerSlot slot, PooledBuffer body)
    {
        var start = body.Length;
        body.Append(StateSegment.HeaderLength);
        CustomerStateCodec.Write(slot.State, body);
        var header = body.Span[start..];
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)(body.Length - start - StateSegment.HeaderLength));
        BinaryPrimitives.WriteUInt64LittleEndian(header[4..], slot.Hash);
    }

    private void Release(long segment, List<long> released, long tail)
    {
        if (!_segments.TryGetValue(segment, out var share)) return;
        share.Live--;
        if (share.Live == 0)
        {
            _segments.Remove(segment);
            released.Add(segment);
        }
        else if (share.Live == share.Slots.Count / LiveShareMin)
        {
            // The few that are left are saved again, so that the segment can go.
            foreach (var slot in share.Slots)
            {
                if (slot.Segment == segment) Changed(slot, tail);
            }
        }
    }

    private readonly record struct Change(CustomerSlot Slot, long FirstOffset, long At);

    private sealed class SegmentShare(List<CustomerSlot> slots)
    {
        public List<CustomerSlot> Slots { get; } = slots;

        public int Live { get; set; }
    }
}

/// <summary>Hands out segment numbers, ascending. Thread-safe.</summary>
internal sealed class SegmentNumbers(long next)
{
    private long _next = next;

    public long Next() => Interlocked.Increment(ref _next) - 1;
}
