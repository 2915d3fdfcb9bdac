using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Profiles;

/// <summary>
/// The names a customer cares most about, with weights that halve every 21 days (e-folding 30 days). Bounded: when full, a new name takes
/// the place of the weakest (Space-Saving without inheritance of the count, since decayed weights fade anyway).
/// </summary>
public struct AffinityList
{
    private const float DecayMs = 2_592_000_000f;
    private Entry[]? _entries;
    private int _count;
    private long _asOfMs;

    /// <param name="Label">Of the name (<see cref="EntityHash.Label"/>): names are compared only where it agrees.</param>
    public record struct Entry(string Name, float Weight, ushort Label)
    {
        public Entry(string name, float weight)
            : this(name, weight, EntityHash.Label(name))
        {
        }
    }

    public readonly Instant AsOf => new(_asOfMs);

    /// <summary>Entries in no particular order, weights as of <see cref="AsOf"/>.</summary>
    public readonly ReadOnlySpan<Entry> Entries => _entries.AsSpan(0, _count);

    /// <summary>Entries that the memory taken is enough for.</summary>
    internal readonly int Room => _entries?.Length ?? 0;

    internal readonly void Prefetch()
    {
        if (_entries is { Length: > 0 }) CacheLines.Ask(_entries, 1 + (_entries.Length / 4));
    }

    internal void Add(string name, ushort label, float weight, Instant at, int entriesMax)
    {
        Decay(at);
        var weakest = 0;
        for (var i = 0; i < _count; i++)
        {
            ref var entry = ref _entries![i];
            if (entry.Label == label && string.Equals(entry.Name, name, StringComparison.Ordinal))
            {
                entry.Weight = Math.Max(0f, entry.Weight + weight);
                return;
            }

            if (entry.Weight < _entries[weakest].Weight) weakest = i;
        }

        if (weight <= 0f) return;
        if (_count < entriesMax)
        {
            Grow(entriesMax);
            _entries![_count++] = new Entry(SharedNames.Of(name, label), weight, label);
        }
        else if (_entries![weakest].Weight <= weight)
        {
            _entries[weakest] = new Entry(SharedNames.Of(name, label), weight, label);
        }
    }

    internal void Restore(Instant asOf, Entry[] entries)
    {
        _asOfMs = asOf.UnixMs;
        _entries = entries.Length == 0 ? null : entries;
        _count = entries.Length;
    }

    /// <summary>Share of the strongest name in all weight, 0 when empty.</summary>
    public readonly float TopShare()
    {
        float top = 0f, sum = 0f;
        foreach (var entry in Entries)
        {
            sum += entry.Weight;
            top = Math.Max(top, entry.Weight);
        }

        return sum > 0f ? top / sum : 0f;
    }

    private void Decay(Instant at)
    {
        if (_asOfMs != 0 && at.UnixMs > _asOfMs)
        {
            var factor = MathF.Exp(-(at.UnixMs - _asOfMs) / DecayMs);
            for (var i = 0; i < _count; i++) _entries![i].Weight *= factor;
        }

        _asOfMs = Math.Max(_asOfMs, at.UnixMs);
    }

    private void Grow(int entriesMax)
    {
        if (_entries is not null && _count < _entries.Length) return;
        Array.Resize(ref _entries, entriesMax);
    }
}
