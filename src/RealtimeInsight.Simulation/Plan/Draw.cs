using RealtimeInsight.Domain.Text;

namespace RealtimeInsight.Simulation.Plan;

/// <summary>
/// Seeded randomness (SplitMix64) in streams by name: what one part draws does not change with what another part draws, so that a
/// scenario stays the same when a part of it is left out.
/// </summary>
internal sealed class Draw
{
    private ulong _state;

    public Draw(long seed, string stream) => _state = StableHash.Combine((ulong)seed, StableHash.Of(stream));

    public ulong Bits()
    {
        _state += 0x9E3779B97F4A7C15UL;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0,1).</summary>
    public double Share() => (Bits() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => Share() < probability;

    /// <summary>Uniform, both ends included.</summary>
    public int Whole(int least, int most) => least + (int)(Share() * (most - least + 1));

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[Whole(0, choices.Length - 1)];

    /// <summary>Uniform, in whole milliseconds.</summary>
    public TimeSpan Span(TimeSpan least, TimeSpan most) =>
        TimeSpan.FromMilliseconds(Math.Round(least.TotalMilliseconds + (Share() * (most - least).TotalMilliseconds)));

    /// <summary>Exponential, in whole milliseconds.</summary>
    public TimeSpan Wait(TimeSpan mean) => TimeSpan.FromMilliseconds(Math.Round(-mean.TotalMilliseconds * Math.Log(1 - Share())));
}
