namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// Which segment holds whose newest state, of one shard's customers. Segments have a small number here, used again once they are gone.
/// A segment that holds few is sparse: its states are saved again, so that it can go.
/// </summary>
internal sealed class SegmentShares
{
    private const int LiveShareMin = 4;
    private readonly List<SegmentShare?> _shares = [];
    private readonly Stack<int> _free = new();
    private readonly Queue<SegmentShare> _sparse = new();

    /// <summary>Numbers of the segments that hold a newest state of this shard.</summary>
    public IEnumerable<long> Numbers => _shares.Where(static share => share is not null).Select(static share => share!.Number);

    public bool HasSparse => _sparse.Count > 0;

    public SegmentShare this[int id] => _shares[id]!;

    public long NumberOf(int id) => _shares[id]!.Number;

    public SegmentShare Add(long number, int membersMax) => Add(number, membersMax, isWhole: false);

    /// <summary>A segment of version 1.</summary>
    public SegmentShare AddWhole(long number, int membersMax) => Add(number, membersMax, isWhole: true);

    /// <summary>Takes a segment back that nothing was put into.</summary>
    public void Remove(SegmentShare share)
    {
        _shares[share.Id] = null;
        _free.Push(share.Id);
    }

    private SegmentShare Add(long number, int membersMax, bool isWhole)
    {
        var id = _free.TryPop(out var free) ? free : _shares.Count;
        var share = new SegmentShare(id, number, membersMax) { IsWhole = isWhole };
        if (id == _shares.Count) _shares.Add(share);
        else _shares[id] = share;
        return share;
    }

    /// <summary>All states of this segment are to be saved again.</summary>
    public void Renew(SegmentShare share)
    {
        if (share.IsSparse) return;
        share.IsSparse = true;
        _sparse.Enqueue(share);
    }

    /// <summary>The segment whose states are saved again next; null when there is none.</summary>
    public SegmentShare? NextSparse()
    {
        while (_sparse.TryPeek(out var share))
        {
            if (share.Live > 0 && share.Renewed < share.Members.Count) return share;
            _sparse.Dequeue();
        }

        return null;
    }

    /// <summary>A newest state has left the segment; the segment's number when it was the last one, else -1.</summary>
    public long Release(int id)
    {
        var share = _shares[id]!;
        share.Live--;
        if (share.Live == 0)
        {
            _shares[id] = null;
            _free.Push(id);
            return share.Number;
        }

        if (share.Live <= share.Members.Count / LiveShareMin) Renew(share);
        return -1;
    }
}

/// <summary>One segment as one shard sees it.</summary>
internal sealed class SegmentShare(int id, long number, int membersMax)
{
    public int Id { get; } = id;

    public long Number { get; } = number;

    /// <summary>Customers whose newest state was in it when it was written or read.</summary>
    public List<int> Members { get; } = new(membersMax);

    /// <summary>Customers whose newest state is still in it.</summary>
    public int Live { get; set; }

    public bool IsSparse { get; set; }

    /// <summary>Members that have been looked at for saving again.</summary>
    public int Renewed { get; set; }

    /// <summary>Version 1 wrote it: its states cannot be read one by one.</summary>
    public bool IsWhole { get; init; }

    public void Add(int index)
    {
        Members.Add(index);
        Live++;
    }
}
