using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Profiles;

/// <summary>
/// Exponentially decayed event counts: for each group and horizon h the sum over events of exp(-age / h), kept as of the last event.
/// Decays only when an event is added, so that the value never depends on how often it was looked at.
/// </summary>
public struct DecayedRates
{
    public const int Horizons = 5;
    public const int Length = RateGroups.Count * Horizons;

    private static readonly long[] HorizonMs = [300_000, 3_600_000, 86_400_000, 604_800_000, 2_592_000_000];

    private Values _values;
    private long _asOfMs;

    /// <summary>5 minutes, 1 hour, 1 day, 7 days, 30 days.</summary>
    public static ReadOnlySpan<long> HorizonsMs => HorizonMs;

    public readonly Instant AsOf => new(_asOfMs);

    /// <summary>Values as of the last event: index is group * <see cref="Horizons"/> + horizon.</summary>
    [UnscopedRef]
    public Span<float> Raw => _values;

    internal void Restore(Instant asOf) => _asOfMs = asOf.UnixMs;

    internal void Add(RateGroup group, Instant at)
    {
        Span<float> values = _values;
        if (_asOfMs != 0 && at.UnixMs > _asOfMs)
        {
            Span<float> factors = stackalloc float[Horizons];
            Factors(at.UnixMs - _asOfMs, factors);
            Scale(values, factors);
        }

        _asOfMs = Math.Max(_asOfMs, at.UnixMs);
        var first = (int)group * Horizons;
        for (var i = first; i < first + Horizons; i++) values[i] += 1f;
    }

    /// <summary>Writes the values decayed to <paramref name="asOf"/>; leaves the state as it is.</summary>
    public void Read(Instant asOf, Span<float> destination)
    {
        Span<float> values = _values;
        values.CopyTo(destination);
        if (_asOfMs == 0 || asOf.UnixMs <= _asOfMs) return;
        Span<float> factors = stackalloc float[Horizons];
        Factors(asOf.UnixMs - _asOfMs, factors);
        Scale(destination[..Length], factors);
    }

    private static void Factors(long ageMs, Span<float> factors)
    {
        for (var i = 0; i < Horizons; i++) factors[i] = MathF.Exp(-(float)ageMs / HorizonsMs[i]);
    }

    private static void Scale(Span<float> values, ReadOnlySpan<float> factors)
    {
        for (var i = 0; i < values.Length; i += Horizons)
        {
            for (var j = 0; j < Horizons; j++) values[i + j] *= factors[j];
        }
    }

    [InlineArray(Length)]
    private struct Values
    {
        private float _first;
    }
}
