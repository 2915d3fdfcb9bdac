using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Commit;

/// <summary>States saved by one shard as one segment, and what the store need not keep any more.</summary>
internal sealed class SavedStates
{
    private readonly PooledBuffer _index = new(16 << 10);
    private readonly PooledBuffer _body = new(256 << 10);
    private readonly List<int> _pageStarts = [];
    private readonly ulong _deadlineStamp;
    private Instant _newest;
    private int _lastAt;

    public SavedStates(long number, ulong deadlineStamp)
    {
        Number = number;
        _deadlineStamp = deadlineStamp;
        _index.Append(SegmentIndex.HeaderLength);
    }

    public long Number { get; }

    public int Count { get; private set; }

    public int Length => _index.Length + _body.Length;

    /// <summary>Segments in which none of this shard's states is the newest any more.</summary>
    public List<long> Released { get; } = [];

    /// <summary>The shard's oldest record that no saved state includes; <see cref="long.MaxValue"/> when there is none.</summary>
    public long FirstUnsaved { get; set; } = long.MaxValue;

    /// <summary>The bytes of the state that was added last; valid until the next is.</summary>
    public ReadOnlySpan<byte> Last => _body.Span[_lastAt..];

    /// <summary>Adds a state; returns its entry, which says where it is.</summary>
    public StateEntry Add(CustomerState state, ulong hash, ushort twin, Instant nextDeadline)
    {
        var start = _body.Length;
        _body.Append(StatePage.HeaderLength);
        _lastAt = _body.Length;
        CustomerStateCodec.Write(state, _body);
        StatePage.Seal(_body.Span[start..], hash);
        if (_pageStarts.Count == 0 || _body.Length - _pageStarts[^1] > StatePage.LengthMax) _pageStarts.Add(start);
        var entry = new StateEntry(
            hash, twin, state.LastOffset, nextDeadline, StateFacts.RiskOf(state), StateFacts.Of(state), (ushort)(_pageStarts.Count - 1),
            (ushort)(start - _pageStarts[^1]));
        entry.Write(_index.Append(StateEntry.Length));
        _newest = Instant.Max(_newest, state.OrderedUpTo);
        Count++;
        return entry;
    }

    /// <summary>The segment to be stored; valid until <see cref="Release"/>.</summary>
    public StateSegment ToSegment()
    {
        SegmentIndex.WriteHeader(_index.Span, _deadlineStamp, _newest);
        var pages = new ReadOnlyMemory<byte>[_pageStarts.Count];
        for (var page = 0; page < pages.Length; page++)
        {
            var end = page + 1 < pages.Length ? _pageStarts[page + 1] : _body.Length;
            pages[page] = _body.Memory[_pageStarts[page]..end];
        }

        return new StateSegment(new SegmentIndex(Number, Count, _index.Memory, 0).Sealed(), pages);
    }

    public void Release()
    {
        _index.Release();
        _body.Release();
    }
}
