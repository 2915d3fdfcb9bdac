using System.Numerics;
using System.Runtime.InteropServices;
using RealtimeInsight.Domain.Binary;

namespace RealtimeInsight.Engine.Timers;

/// <summary>
/// Deadlines of many actors: a hierarchical timing wheel with 8 levels of 64 slots and ticks of one millisecond. Arming, disarming and
/// firing cost O(1) (an entry moves down at most once a level), finding the next deadline one bit scan. At most one entry an id.
/// Entries come out ordered by due time; those armed at or before <see cref="Now"/> come out first, in the order of arming.
/// Not thread-safe: owned by one shard.
/// </summary>
public sealed class TimingWheel
{
    /// <summary>Later due times are held at this one (in the year 10889).</summary>
    public const long DueMax = (1L << (SlotBits * Levels)) - 1;

    private const int SlotBits = 6;
    private const int Slots = 1 << SlotBits;
    private const int Levels = 8;
    private const int DueNow = Levels * Slots;
    private const int Nowhere = -1;
    private const int DoublingMax = 1 << 16;

    private readonly Ring[] _rings = new Ring[DueNow + 1];
    private readonly ulong[] _occupied = new ulong[Levels];
    private Entry[] _entries = [];

    /// <param name="now">Where the wheel starts, in milliseconds; not negative.</param>
    public TimingWheel(long now = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(now);
        Now = Math.Min(now, DueMax);
        Array.Fill(_rings, new Ring { First = Nowhere, Last = Nowhere });
    }

    /// <summary>The time up to which everything due has been handed out; goes back by <see cref="TurnBack"/> alone.</summary>
    public long Now { get; private set; }

    /// <summary>Armed entries.</summary>
    public int Count { get; private set; }

    /// <summary>When the id is due; <see cref="long.MaxValue"/> when it is not armed.</summary>
    public long DueOf(int id) => id < _entries.Length && _entries[id].Place != Nowhere ? _entries[id].Due : long.MaxValue;

    /// <summary>Asks for the memory of an entry that is needed soon.</summary>
    internal void Prefetch(int id)
    {
        if (id < _entries.Length) CacheLines.Ask(ref _entries[id]);
    }

    /// <summary>Makes room for ids below <paramref name="count"/> at once.</summary>
    public void Reserve(int count)
    {
        if (count > _entries.Length) Resize(count);
    }

    /// <summary>Arms the id, or moves it when it is armed already.</summary>
    /// <param name="id">A small number of the owner's, not negative: the wheel keeps an array up to the highest.</param>
    /// <param name="due">Milliseconds; one at or before <see cref="Now"/> fires at the next look.</param>
    public void Arm(int id, long due)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        if (id >= _entries.Length) Grow(id);
        due = Math.Min(due, DueMax);
        if (_entries[id].Place != Nowhere)
        {
            if (_entries[id].Due == due) return;
            Unlink(id);
        }

        _entries[id].Due = due;
        Link(id);
    }

    /// <summary>
    /// Goes back to an earlier time: the clock was set. Looks at every entry; those held at one moment come out in the order of their ids.
    /// </summary>
    public void TurnBack(long now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(now);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(now, Now);
        Array.Fill(_rings, new Ring { First = Nowhere, Last = Nowhere });
        Array.Clear(_occupied);
        (Now, Count) = (now, 0);
        for (var id = 0; id < _entries.Length; id++)
        {
            if (_entries[id].Place != Nowhere) Link(id);
        }
    }

    /// <summary>Takes the id out; false when it was not armed.</summary>
    public bool Disarm(int id)
    {
        if (id < 0 || id >= _entries.Length || _entries[id].Place == Nowhere) return false;
        Unlink(id);
        return true;
    }

    /// <summary>
    /// Takes out the next entry that is due at or before <paramref name="now"/>; when there is none, moves the wheel to it.
    /// </summary>
    public bool TryPop(long now, out int id, out long due)
    {
        now = Math.Min(now, DueMax);
        while (_rings[DueNow].First == Nowhere)
        {
            var level = LowestLevel();
            var start = level < 0 ? long.MaxValue : SlotStart(level);
            if (start > now)
            {
                Now = Math.Max(Now, now);
                id = Nowhere;
                due = long.MaxValue;
                return false;
            }

            Now = start;
            Spill((level * Slots) + Slot(start, level));
        }

        id = _rings[DueNow].First;
        due = _entries[id].Due;
        Unlink(id);
        return true;
    }

    /// <summary>
    /// When to look again: at or before the next due time, never after it; <see cref="long.MaxValue"/> when nothing is armed.
    /// An entry far away costs at most one early look a level.
    /// </summary>
    public long NextLook()
    {
        if (_rings[DueNow].First != Nowhere) return Now;
        var level = LowestLevel();
        return level < 0 ? long.MaxValue : SlotStart(level);
    }

    // Every entry of a level lies in the same block of that level as Now and in a later slot, so the lowest level that holds
    // anything holds the next entry, in its lowest occupied slot.
    private int LowestLevel()
    {
        for (var level = 0; level < Levels; level++)
        {
            if (_occupied[level] != 0) return level;
        }

        return Nowhere;
    }

    private long SlotStart(int level)
    {
        var shift = SlotBits * level;
        var block = Now >> (shift + SlotBits) << (shift + SlotBits);
        return block | ((long)BitOperations.TrailingZeroCount(_occupied[level]) << shift);
    }

    private static int Slot(long time, int level) => (int)(time >> (SlotBits * level)) & (Slots - 1);

    private void Spill(int place)
    {
        var id = _rings[place].First;
        _rings[place] = new Ring { First = Nowhere, Last = Nowhere };
        _occupied[place / Slots] &= ~(1UL << (place % Slots));
        while (id != Nowhere)
        {
            var next = _entries[id].Next;
            Count--;
            Link(id);
            id = next;
        }
    }

    private void Link(int id)
    {
        ref var entry = ref _entries[id];
        var place = DueNow;
        if (entry.Due > Now)
        {
            var level = (63 - BitOperations.LeadingZeroCount((ulong)(entry.Due ^ Now) | (Slots - 1))) / SlotBits;
            var slot = Slot(entry.Due, level);
            place = (level * Slots) + slot;
            _occupied[level] |= 1UL << slot;
        }

        ref var ring = ref _rings[place];
        entry.Place = place;
        entry.Next = Nowhere;
        entry.Previous = ring.Last;
        if (ring.Last == Nowhere) ring.First = id;
        else _entries[ring.Last].Next = id;
        ring.Last = id;
        Count++;
    }

    private void Unlink(int id)
    {
        ref var entry = ref _entries[id];
        ref var ring = ref _rings[entry.Place];
        if (entry.Previous == Nowhere) ring.First = entry.Next;
        else _entries[entry.Previous].Next = entry.Next;
        if (entry.Next == Nowhere) ring.Last = entry.Previous;
        else _entries[entry.Next].Previous = entry.Previous;
        if (ring.First == Nowhere && entry.Place != DueNow) _occupied[entry.Place / Slots] &= ~(1UL << (entry.Place % Slots));
        entry.Place = Nowhere;
        Count--;
    }

    /// <summary>Doubles a small array, and adds a quarter to a large one: its slack would be most of what an idle actor takes.</summary>
    private void Grow(int id)
    {
        var length = _entries.Length;
        var grown = length < DoublingMax ? length * 2L : length + (length / 4L);
        Resize((int)Math.Min(Array.MaxLength, Math.Max(id + 1L, Math.Max(64L, grown))));
    }

    private void Resize(int to)
    {
        var length = _entries.Length;
        Array.Resize(ref _entries, to);
        Array.Fill(_entries, new Entry { Place = Nowhere }, length, to - length);
    }

    [StructLayout(LayoutKind.Sequential, Pack = sizeof(int))]
    private struct Entry
    {
        public long Due;
        public int Next;
        public int Previous;
        public int Place;
    }

    private struct Ring
    {
        public int First;
        public int Last;
    }
}
