using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Profiles;

/// <summary>One kept event, as much of it as the model's token needs. Hashes are 0 where the event names none.</summary>
public readonly record struct RecentEvent(
    EventKind Kind, Instant At, uint ItemHash, ushort CategoryHash, ushort BrandHash, float Value, ushort Quantity);

/// <summary>The last events in order, oldest first; grows to its maximum, then drops the oldest.</summary>
public struct RecentEvents
{
    private RecentEvent[]? _events;
    private int _count;

    public readonly int Count => _count;

    public readonly ReadOnlySpan<RecentEvent> Items => _events.AsSpan(0, _count);

    internal void Add(in RecentEvent item, int countMax)
    {
        if (_count >= countMax)
        {
            Array.Copy(_events!, _count - countMax + 1, _events!, 0, countMax - 1);
            _count = countMax - 1;
        }
        else if (_events is null || _count == _events.Length)
        {
            Array.Resize(ref _events, Math.Min(countMax, Math.Max(4, _count * 2)));
        }

        _events![_count++] = item;
    }

    internal void Restore(RecentEvent[] events)
    {
        _events = events.Length == 0 ? null : events;
        _count = events.Length;
    }
}
