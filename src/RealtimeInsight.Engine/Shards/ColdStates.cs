using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// Brings customers back into memory. Those that a turn needs are named first and then read at once, in the order of their places, each
/// page one time.
/// </summary>
internal sealed class ColdStates(CustomerTable customers, SegmentShares shares, IEngineStore store, ShardCounters counters)
{
    private readonly List<int> _wanted = [];
    private readonly List<StatePageName> _pages = [];
    private (StatePageName Page, int Index)[] _order = [];

    /// <summary>Names a customer for the next <see cref="ReadWanted"/>; one in memory already is left out.</summary>
    public void Want(int index)
    {
        if (customers.Awake(index) is { } slot) slot.IsUsed = true;
        else _wanted.Add(index);
    }

    /// <summary>Brings the named customers into memory.</summary>
    /// <exception cref="StoreException">One of them cannot be read; those before it are in memory.</exception>
    public void ReadWanted()
    {
        if (_wanted.Count == 0) return;
        Visit(_wanted, (index, state) =>
        {
            if (customers.Awake(index) is null) customers.Wake(index, state);
        });
        counters.Loads += _wanted.Count;
        _wanted.Clear();
    }

    /// <summary>Forgets the named customers.</summary>
    public void Forget() => _wanted.Clear();

    /// <summary>Brings one customer into memory.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public CustomerSlot Read(int index)
    {
        CustomerSlot? slot = null;
        Visit([index], (_, state) => slot = customers.Wake(index, state));
        counters.Loads++;
        return slot!;
    }

    /// <summary>Reads the saved states of customers and hands them out in the order of their places.</summary>
    /// <exception cref="StoreException">One of them cannot be read.</exception>
    public void Visit(IReadOnlyList<int> indexes, Action<int, CustomerState> visit)
    {
        var count = indexes.Count;
        if (_order.Length < count) _order = new (StatePageName, int)[Math.Max(count, 64)];
        for (var i = 0; i < count; i++) _order[i] = (PageOf(indexes[i]), indexes[i]);
        _order.AsSpan(0, count).Sort(static (left, right) =>
        {
            var bySegment = left.Page.Segment.CompareTo(right.Page.Segment);
            if (bySegment != 0) return bySegment;
            var byPage = left.Page.Page.CompareTo(right.Page.Page);
            return byPage != 0 ? byPage : left.Index.CompareTo(right.Index);
        });
        _pages.Clear();
        for (var i = 0; i < count; i++)
        {
            if (_pages.Count == 0 || _pages[^1] != _order[i].Page) _pages.Add(_order[i].Page);
        }

        var next = 0;
        store.ReadPages(_pages, (position, page) =>
        {
            for (var name = _pages[position]; next < count && _order[next].Page == name; next++)
            {
                var index = _order[next].Index;
                visit(index, Decode(page, index, name));
            }
        });
    }

    private StatePageName PageOf(int index)
    {
        ref var row = ref customers.Row(index);
        return new StatePageName(shares.NumberOf(row.Share), row.Page);
    }

    private CustomerState Decode(ReadOnlySpan<byte> page, int index, StatePageName name)
    {
        ref var row = ref customers.Row(index);
        var bytes = StatePage.Read(page, row.At, row.Hash, store.Name, name);
        try
        {
            return CustomerStateCodec.Read(bytes);
        }
        catch (FormatException exception)
        {
            throw new StoreCorruptException(
                store.Name, name.Segment, $"the state at byte {row.At} of page {name.Page} of state segment {name.Segment} is malformed",
                exception);
        }
    }
}
