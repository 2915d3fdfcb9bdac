using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// Brings customers back into memory. Those that a turn needs are named first and then read at once, in the order of their places, each
/// page one time. One whose saved state is damaged is handed to <see cref="Damage"/>; who is lost is passed over.
/// </summary>
internal sealed class ColdStates(CustomerTable customers, SegmentShares shares, IEngineStore store, ShardCounters counters)
{
    private readonly List<int> _wanted = [];
    private readonly List<StatePageName> _pages = [];
    private readonly List<(int Index, StoreCorruptException Cause)> _damaged = [];
    private (StatePageName Page, int Index)[] _order = [];

    /// <summary>What becomes of damaged states; while null they are the reader's error.</summary>
    public DamagedStates? Damage { get; set; }

    /// <summary>Names a customer for the next <see cref="ReadWanted"/>; one in memory already is left out.</summary>
    public void Want(int index)
    {
        if (customers.IsInMemory(index)) customers.Row(index).IsUsed = true;
        else _wanted.Add(index);
    }

    /// <summary>Brings the named customers into memory, but for those that are lost.</summary>
    /// <exception cref="StoreException">One of them cannot be read; those before it are in memory.</exception>
    public void ReadWanted()
    {
        if (_wanted.Count == 0) return;
        Visit(_wanted, (index, state) =>
        {
            if (!customers.IsInMemory(index)) customers.Wake(index, state);
        });
        counters.Loads += _wanted.Count;
        _wanted.Clear();
    }

    /// <summary>Forgets the named customers.</summary>
    public void Forget() => _wanted.Clear();

    /// <summary>Brings one customer into memory.</summary>
    /// <exception cref="StoreException">It cannot be read, or is lost.</exception>
    public CustomerSlot Read(int index)
    {
        CustomerSlot? slot = null;
        Visit([index], (_, state) => slot = customers.Awake(index) ?? customers.Wake(index, state));
        counters.Loads++;
        return slot ?? throw Damage!.CauseOf(index)!;
    }

    /// <summary>Reads the saved states of customers and hands them out in the order of their places, but for those that are lost.</summary>
    /// <exception cref="StoreException">One of them cannot be read.</exception>
    public void Visit(IReadOnlyList<int> indexes, Action<int, CustomerState> visit)
    {
        _damaged.Clear();
        var count = Order(indexes);
        var next = 0;
        while (next < count)
        {
            NamePages(next, count);
            try
            {
                store.ReadPages(_pages, (position, page) =>
                {
                    for (var name = _pages[position]; next < count && _order[next].Page == name; next++)
                    {
                        var index = _order[next].Index;
                        if (Decode(page, index, name) is { } state) visit(index, state);
                    }
                });
            }
            catch (StoreCorruptException cause) when (Damage is not null && next < count)
            {
                // The page after those handed out: it is passed over, with all who are on it.
                for (var bad = _order[next].Page; next < count && _order[next].Page == bad; next++)
                {
                    _damaged.Add((_order[next].Index, cause));
                }
            }
        }

        foreach (var (index, cause) in _damaged)
        {
            if (Damage!.Heal(index, cause) is { } slot) visit(index, slot.State);
        }
    }

    private int Order(IReadOnlyList<int> indexes)
    {
        if (_order.Length < indexes.Count) _order = new (StatePageName, int)[Math.Max(indexes.Count, 64)];
        var count = 0;
        foreach (var index in indexes)
        {
            if (Damage?.CauseOf(index) is null) _order[count++] = (PageOf(index), index);
        }

        _order.AsSpan(0, count).Sort(static (left, right) =>
        {
            var bySegment = left.Page.Segment.CompareTo(right.Page.Segment);
            if (bySegment != 0) return bySegment;
            var byPage = left.Page.Page.CompareTo(right.Page.Page);
            return byPage != 0 ? byPage : left.Index.CompareTo(right.Index);
        });
        return count;
    }

    private void NamePages(int from, int count)
    {
        _pages.Clear();
        for (var i = from; i < count; i++)
        {
            if (_pages.Count == 0 || _pages[^1] != _order[i].Page) _pages.Add(_order[i].Page);
        }
    }

    private StatePageName PageOf(int index)
    {
        ref var row = ref customers.Row(index);
        return new StatePageName(shares.NumberOf(row.Share), row.Page);
    }

    /// <summary>The state; null when it is damaged and has been noted as such.</summary>
    private CustomerState? Decode(ReadOnlySpan<byte> page, int index, StatePageName name)
    {
        ref var row = ref customers.Row(index);
        try
        {
            return CustomerStateCodec.Read(StatePage.Read(page, row.At, row.Hash, store.Name, name));
        }
        catch (StoreCorruptException cause) when (Damage is not null)
        {
            _damaged.Add((index, cause));
            return null;
        }
        catch (FormatException exception)
        {
            var cause = new StoreCorruptException(
                store.Name, name.Segment, $"the state at byte {row.At} of page {name.Page} of state segment {name.Segment} is malformed",
                exception);
            if (Damage is null) throw cause;
            _damaged.Add((index, cause));
            return null;
        }
    }
}
