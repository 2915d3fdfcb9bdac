using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// Saves changed customers behind the log, oldest change first, a few after each turn. A segment that holds few newest states is emptied
/// by saving those again, one that holds none is given up. Without a log nothing is saved: who has become idle is packed, as others are
/// when they are saved.
/// </summary>
internal sealed class StateSaver(
    EngineOptions options, CustomerMachine machine, CustomerTable customers, SegmentShares shares, TimeProvider time,
    SegmentNumbers numbers)
{
    /// <summary>Fewer ripe states than this do not make a segment of their own.</summary>
    private const int RipeMin = 32;

    /// <summary>Segments of a shard that wait for their commit, before it makes another: events behind them wait for all.</summary>
    private const int OnTheirWayMax = 1;

    private readonly ChangeRing _changes = new();
    private readonly List<CustomerSlot> _ripe = [];
    private readonly CustomerSlot[] _next = new CustomerSlot[options.SaveStatesMax];
    private readonly long _intervalTicks = (long)(options.SaveInterval.TotalSeconds * time.TimestampFrequency);
    private long _committed = numbers.Last;
    private int _onTheirWay;

    /// <summary>Segments that hold a newest state of this shard.</summary>
    public IEnumerable<long> Segments => shares.Numbers;

    /// <summary>Timestamp for <see cref="Changed"/>.</summary>
    public long Timestamp() => time.GetTimestamp();

    private long _held = long.MaxValue;

    /// <summary>The oldest record that no saved state includes, or that is held.</summary>
    public long FirstUnsaved => Math.Min(Volatile.Read(ref _held), HasChanges() ? _changes[0].FirstOffset : long.MaxValue);

    /// <summary>
    /// Keeps records from this offset on within what a recovery replays, until it is let go with <see cref="long.MaxValue"/>.
    /// </summary>
    public void Hold(long offset) => Volatile.Write(ref _held, offset);

    /// <summary>The customer differs from its saved state since the record at <paramref name="firstOffset"/>.</summary>
    /// <param name="slot">The customer.</param>
    /// <param name="firstOffset">The oldest record that the saved state does not include.</param>
    /// <param name="at">Timestamp of the change: one for all of a turn.</param>
    public void Changed(CustomerSlot slot, long firstOffset, long at)
    {
        customers.Resident.Measure(slot);
        if (!options.KeepLog && (slot.IsDirty || customers.Row(slot.Index).LivePosition >= 0)) return;
        if (slot.IsDirty)
        {
            if (_ripe.Count < options.SaveStatesMax && at - slot.DirtySince >= _intervalTicks / 2) _ripe.Add(slot);
            return;
        }

        slot.IsDirty = true;
        slot.DirtySince = at;
        _changes.Add(new StateChange(slot, firstOffset, at));
    }

    /// <summary>True when the customer can be read from the store as it is in memory.</summary>
    public bool IsSaved(int index)
    {
        if (customers.Awake(index) is { IsDirty: true }) return false;
        var share = customers.Row(index).Share;
        return share >= 0 && !shares[share].IsWhole && shares.NumberOf(share) <= Volatile.Read(ref _committed);
    }

    /// <summary>
    /// How long until the next save is due; null when nothing waits, or nothing may be saved before a commit, of which the shard hears.
    /// </summary>
    public TimeSpan? DueIn()
    {
        if (IsHeldUp) return null;
        if (shares.HasSparse) return TimeSpan.Zero;
        if (!HasChanges()) return null;
        var left = _changes[0].At + _intervalTicks - time.GetTimestamp();
        return left <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)left / time.TimestampFrequency);
    }

    /// <summary>
    /// Writes the states whose time has come, or all up to the pace's limit when asked; null when there are none. After a turn those of its
    /// customers go first who would be due before long: their memory is at hand now.
    /// </summary>
    public CommitUnit? Save(int shard, bool isAll)
    {
        if (!options.KeepLog)
        {
            PackNext();
            return null;
        }

        if (IsHeldUp && !isAll)
        {
            _ripe.Clear();
            return null;
        }

        var hasChanges = HasChanges();
        var isChangeDue = hasChanges && (isAll || _changes.Count > options.SaveDirtyMax || DueIn() <= TimeSpan.Zero);
        if (!isChangeDue && !shares.HasSparse && _ripe.Count < RipeMin)
        {
            _ripe.Clear();
            return null;
        }

        var saved = new SavedStates(numbers.Next(), machine);
        var share = shares.Add(saved.Number, Math.Min(_changes.Count, options.SaveStatesMax));
        foreach (var slot in _ripe) PrefetchShare(slot);
        foreach (var slot in _ripe)
        {
            if (slot.IsDirty) SaveSlot(slot, saved, share);
        }

        _ripe.Clear();
        SaveSparse(saved, share, hasChanges ? options.SaveStatesMax / 2 : options.SaveStatesMax);
        if (isChangeDue) SaveNext(saved, share);
        if (saved.States.Count == 0)
        {
            shares.Remove(share);
            saved.States.Clear();
            return null;
        }

        Interlocked.Increment(ref _onTheirWay);
        saved.FirstUnsaved = FirstUnsaved;
        return new CommitUnit { Shard = shard, Saved = saved, Settled = isCommitted => Settle(saved.Number, isCommitted) };
    }

    private bool IsHeldUp => Volatile.Read(ref _onTheirWay) >= OnTheirWayMax;

    /// <summary>On the committing thread; the shard's segments are committed in the order of their numbers.</summary>
    private void Settle(long number, bool isCommitted)
    {
        if (isCommitted) Volatile.Write(ref _committed, number);
        Interlocked.Decrement(ref _onTheirWay);
    }

    /// <summary>The oldest changes, due or not: they have not been touched for long, so all their memory is asked for at once.</summary>
    private void SaveNext(SavedStates saved, SegmentShare share)
    {
        var count = 0;
        for (var i = 0; i < Math.Min(_changes.Count, options.SaveStatesMax); i++) CacheLines.Ask(_changes[i].Slot, CustomerSlot.OwnLines);
        while (saved.States.Count + count < options.SaveStatesMax && HasChanges())
        {
            var slot = _changes[0].Slot;
            _changes.Take();
            customers.PrefetchRow(slot.Index);
            _next[count++] = slot;
        }

        var next = _next.AsSpan(0, count);
        foreach (var slot in next) slot.Prefetch();
        foreach (var slot in next)
        {
            PrefetchShare(slot);
            slot.PrefetchLists();
        }

        foreach (var slot in next) SaveSlot(slot, saved, share);
        next.Clear();
    }

    /// <summary>Packs those whose time has come, but for who is active again.</summary>
    private void PackNext()
    {
        for (var left = options.SaveStatesMax; left > 0 && DueIn() <= TimeSpan.Zero; left--)
        {
            var slot = _changes[0].Slot;
            _changes.Take();
            slot.IsDirty = false;
            if (customers.Row(slot.Index).LivePosition < 0) customers.Pack(slot);
        }
    }

    /// <summary>Asks for what is noted of the segment that the customer's saved state is to leave.</summary>
    private void PrefetchShare(CustomerSlot slot)
    {
        if (customers.Row(slot.Index).Share is >= 0 and var share) CacheLines.Ask(shares[share], lines: 1);
    }

    /// <summary>Whether any change waits; those that were saved before their time are passed over, so that the first one does.</summary>
    private bool HasChanges()
    {
        while (_changes.Count > 0 && !_changes[0].IsWaiting) _changes.Take();
        return _changes.Count > 0;
    }

    private void SaveSlot(CustomerSlot slot, SavedStates saved, SegmentShare share)
    {
        slot.IsDirty = false;
        Save(slot.Index, slot.State, saved, share);
        if (customers.Row(slot.Index).LivePosition < 0) customers.Pack(slot);
    }

    private void Save(int index, CustomerState state, SavedStates saved, SegmentShare share)
    {
        ref var row = ref customers.Row(index);
        var entry = saved.States.Add(state, row.Hash, row.Twin);
        if (row.Share >= 0 && shares.Release(row.Share) is >= 0 and var emptied) saved.Released.Add(emptied);

        (row.Share, row.Page, row.At) = (share.Id, entry.Page, entry.At);
        share.Add(index);
    }

    /// <summary>Moves the few that sparse segments hold; who changed is left to be saved in turn.</summary>
    private void SaveSparse(SavedStates saved, SegmentShare share, int countMax)
    {
        while (saved.States.Count < countMax && shares.NextSparse() is { } sparse)
        {
            var first = sparse.Renewed;
            var count = Math.Min(sparse.Members.Count - first, countMax - saved.States.Count);
            for (var i = first; i < first + count; i++)
            {
                if (customers.Row(sparse.Members[i]).Share == sparse.Id) customers.Cold.Want(sparse.Members[i]);
            }

            ReadSparse();
            sparse.Renewed += count;
            for (var i = first; i < first + count; i++)
            {
                var index = sparse.Members[i];
                if (customers.Row(index).Share != sparse.Id) continue;
                if (customers.Awake(index) is { } slot)
                {
                    if (!slot.IsDirty) SaveSlot(slot, saved, share);
                }
                else if (customers.IsInMemory(index))
                {
                    Save(index, customers.Peek(index), saved, share);
                }
            }
        }
    }

    /// <summary>Those that cannot be read now stay where they are.</summary>
    private void ReadSparse()
    {
        try
        {
            customers.Cold.ReadWanted();
        }
        catch (StoreUnavailableException)
        {
            customers.Cold.Forget();
        }
    }
}

/// <summary>Hands out segment numbers, ascending. Thread-safe.</summary>
internal sealed class SegmentNumbers(long next)
{
    private long _next = next;

    /// <summary>The newest number handed out.</summary>
    public long Last => Volatile.Read(ref _next) - 1;

    public long Next() => Interlocked.Increment(ref _next) - 1;
}
