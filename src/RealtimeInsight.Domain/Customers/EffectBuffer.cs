using System.Runtime.InteropServices;

namespace RealtimeInsight.Domain.Customers;

/// <summary>Collects the effects of turns; reused by its owner, so that a turn allocates nothing. Not thread-safe.</summary>
public sealed class EffectBuffer
{
    private readonly List<Effect> _effects = new(16);

    public int Count => _effects.Count;

    /// <summary>Valid until the next change.</summary>
    public ReadOnlySpan<Effect> Span => CollectionsMarshal.AsSpan(_effects);

    public Effect this[int index] => _effects[index];

    public void Clear() => _effects.Clear();

    internal void Add(in Effect effect) => _effects.Add(effect);
}
