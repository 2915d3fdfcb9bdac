using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Customers;

/// <summary>
/// Hashes (XXH64) of the newest event ids, exact while nothing older was dropped. Once ids were dropped, an event not newer than
/// <see cref="DroppedUpTo"/> may be one of them and has to be looked up in the log.
/// </summary>
public struct EventIdWindow
{
    /// <summary>Room for the ids of a session and more from the start: see <see cref="CustomerState"/>.</summary>
    private const int CountAtFirst = 32;

    private ulong[]? _hashes;
    private int _count;
    private int _next;

    /// <summary>Newest event time at the last drop; no value while nothing was dropped.</summary>
    public Instant DroppedUpTo { get; private set; }

    public readonly int Count => _count;

    /// <summary>Ids that the memory taken is enough for.</summary>
    internal readonly int Room => _hashes?.Length ?? 0;

    public readonly bool Contains(ulong hash) => _hashes is not null && _hashes.AsSpan(0, _count).Contains(hash);

    /// <summary>Asks for the kept hashes, which are searched for every event.</summary>
    internal readonly void Prefetch()
    {
        if (_hashes is { Length: > 0 }) CacheLines.Ask(ref _hashes[0], Math.Min(8, (_hashes.Length / 8) + 1));
    }

    internal void Add(ulong hash, Instant newest, int countMax)
    {
        if (_count > countMax) Trim(countMax, newest);
        if (_count < countMax)
        {
            if (_hashes is null || _count == _hashes.Length) Grow(countMax);
            _hashes![_count++] = hash;
            return;
        }

        if (_next >= countMax) _next = 0;
        _hashes![_next++] = hash;
        DroppedUpTo = Instant.Max(DroppedUpTo, newest);
    }

    /// <summary>Keeps the newest <paramref name="keep"/> ids only.</summary>
    internal void Trim(int keep, Instant newest)
    {
        if (_count <= keep) return;
        if (_hashes!.Length > keep * 2 || _next != 0)
        {
            var kept = new ulong[keep];
            CopyNewest(kept);
            _hashes = kept;
        }
        else
        {
            // Session after session in one array: nothing is allocated.
            Array.Copy(_hashes, _count - keep, _hashes, 0, keep);
        }

        _count = keep;
        _next = 0;
        DroppedUpTo = Instant.Max(DroppedUpTo, newest);
    }

    /// <summary>Writes the newest ids, oldest first, and returns how many.</summary>
    internal readonly int CopyNewest(Span<ulong> destination)
    {
        var count = Math.Min(destination.Length, _count);
        var first = _count < (_hashes?.Length ?? 0) || _next == 0 ? 0 : _next;
        for (var i = 0; i < count; i++) destination[i] = _hashes![(first + _count - count + i) % _count];
        return count;
    }

    /// <summary>Writes all ids, oldest first.</summary>
    internal readonly void CopyTo(ref SpanWriter writer)
    {
        var first = _count < (_hashes?.Length ?? 0) || _next == 0 ? 0 : _next;
        for (var i = 0; i < _count; i++) writer.Fixed64(_hashes![first + i < _count ? first + i : first + i - _count]);
    }

    internal void Restore(ulong[] hashes, Instant droppedUpTo)
    {
        _hashes = hashes.Length == 0 ? null : hashes;
        _count = hashes.Length;
        _next = 0;
        DroppedUpTo = droppedUpTo;
    }

    private void Grow(int countMax) => Array.Resize(ref _hashes, Math.Min(countMax, Math.Max(CountAtFirst, _count * 2)));
}
