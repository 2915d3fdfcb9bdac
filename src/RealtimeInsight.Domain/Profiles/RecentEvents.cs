using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Profiles;

/// <summary>
/// One kept event, as much of it as the model's token needs, in 24 bytes. Hashes are 0 where the event names none.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RecentEvent(
    EventKind Kind, Instant At, uint ItemHash, ushort CategoryHash, ushort BrandHash, float Value, ushort Quantity);

/// <summary>The last events in order, oldest first; once their maximum is reached, the newest takes the place of the oldest.</summary>
public struct RecentEvents
{
    private RecentEvent[]? _events;
    private int _count;

    // Position of the oldest event: moves once the maximum is reached.
    private int _first;

    public readonly int Count => _count;

    /// <summary>Events that the memory taken is enough for.</summary>
    internal readonly int Room => _events?.Length ?? 0;

    /// <param name="index">0 is the oldest.</param>
    public readonly ref readonly RecentEvent this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_count, nameof(index));
            var at = _first + index;
            return ref _events![at < _count ? at : at - _count];
        }
    }

    /// <summary>A copy, oldest first.</summary>
    public readonly RecentEvent[] ToArray()
    {
        var items = new RecentEvent[_count];
        for (var i = 0; i < items.Length; i++) items[i] = this[i];
        return items;
    }

    /// <summary>Asks for the newest event and the place of the next.</summary>
    internal readonly void Prefetch()
    {
        if (_events is null) return;
        var newest = _first == 0 ? _count - 1 : _first - 1;
        CacheLines.Ask(ref Unsafe.As<RecentEvent, byte>(ref _events[newest]), 2);
    }

    internal void Add(in RecentEvent item, int countMax)
    {
        if (_count > countMax || (_first != 0 && _count < countMax)) Straighten(countMax);
        if (_count < countMax)
        {
            if (_events is null || _count == _events.Length) Array.Resize(ref _events, countMax);
            _events[_count++] = item;
            return;
        }

        _events![_first] = item;
        _first = _first + 1 == _count ? 0 : _first + 1;
    }

    internal void Restore(RecentEvent[] events)
    {
        _events = events.Length == 0 ? null : events;
        _count = events.Length;
        _first = 0;
    }

    /// <summary>Another maximum than the one the array was filled under: the newest that fit, oldest first.</summary>
    private void Straighten(int countMax)
    {
        var items = ToArray();
        Restore(items.Length <= countMax ? items : items[^countMax..]);
    }
}
