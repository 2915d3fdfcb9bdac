using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Log;

namespace RealtimeInsight.Engine.Storage;

/// <summary>
/// Lays states out as one segment: what a shard saves, and what loads many customers into a store at once. Not thread-safe.
/// </summary>
/// <param name="machine">Computes the deadlines that the index holds: the machine of the engine that will read them.</param>
public sealed class SegmentWriter(CustomerMachine machine)
{
    private readonly PooledBuffer _index = new(16 << 10);
    private readonly PooledBuffer _body = new(256 << 10);
    private readonly List<int> _pageStarts = [];
    private Instant _newest;

    /// <summary>States in it.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of states and index.</summary>
    public int Length => _index.Length + _body.Length;

    /// <summary>
    /// Adds a state that is nobody's saved state yet. Its log offset stays what it is: for one without log records, -1.
    /// </summary>
    public void Add(CustomerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Add(state, state.Id.StableHash, twin: 0);
    }

    /// <summary>Adds a state; returns its entry, which says where it is.</summary>
    internal StateEntry Add(CustomerState state, ulong hash, ushort twin)
    {
        if (_index.Length == 0) _index.Append(SegmentIndex.HeaderLength);
        var start = _body.Length;
        _body.Append(StatePage.HeaderLength);
        CustomerStateCodec.Write(state, _body);
        StatePage.Seal(_body.Span[start..], hash);
        if (_pageStarts.Count == 0 || _body.Length - _pageStarts[^1] > StatePage.LengthMax) _pageStarts.Add(start);
        var entry = new StateEntry(
            hash, twin, state.LastOffset, machine.NextDeadline(state), StateFacts.RiskOf(state), StateFacts.Of(state),
            (ushort)(_pageStarts.Count - 1), (ushort)(start - _pageStarts[^1]));
        entry.Write(_index.Append(StateEntry.Length));
        _newest = Instant.Max(_newest, state.OrderedUpTo);
        Count++;
        return entry;
    }

    /// <summary>The segment to be stored, of at least one state; valid until the writer is used again.</summary>
    public StateSegment ToSegment(long number)
    {
        SegmentIndex.WriteHeader(_index.Span, DeadlineStamp.Of(machine.Options), _newest);
        var pages = new ReadOnlyMemory<byte>[_pageStarts.Count];
        for (var page = 0; page < pages.Length; page++)
        {
            var end = page + 1 < pages.Length ? _pageStarts[page + 1] : _body.Length;
            pages[page] = _body.Memory[_pageStarts[page]..end];
        }

        return new StateSegment(new SegmentIndex(number, Count, _index.Memory, 0).Sealed(), pages);
    }

    /// <summary>Empties the writer, for the next segment, and gives its memory back.</summary>
    public void Clear()
    {
        _index.Release();
        _body.Release();
        _pageStarts.Clear();
        _newest = Instant.None;
        Count = 0;
    }
}
