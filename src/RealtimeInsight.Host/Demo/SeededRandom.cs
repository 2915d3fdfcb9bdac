namespace RealtimeInsight.Host.Demo;

/// <summary>
/// SplitMix64 (https://prng.di.unimi.it/splitmix64.c): the algorithm is written here because the sequence of
/// <see cref="Random"/> is not promised to stay the same from one .NET version to the next.
/// </summary>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong NextBits()
    {
        _state += 0x9E3779B97F4A7C15UL;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0,1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0,<paramref name="count"/>).</summary>
    public int Below(int count) => (int)BigMultiplyHigh(NextBits(), (ulong)count);

    public double Between(double least, double most) => least + ((most - least) * NextDouble());

    public bool Chance(double probability) => NextDouble() < probability;

    public double Exponential(double mean) => -mean * Math.Log(1 - NextDouble());

    public double Normal()
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    public double LogNormal(double median, double sigma) => median * Math.Exp(sigma * Normal());

    /// <summary>Gamma with shape 2 and the given mean: positive, skewed, no heavy spike at zero.</summary>
    public double Gamma(double mean) => Exponential(mean / 2) + Exponential(mean / 2);

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    /// <summary>Index drawn with a probability in proportion to its weight.</summary>
    public int Weighted(ReadOnlySpan<double> weights)
    {
        var sum = 0.0;
        foreach (var weight in weights) sum += weight;
        var rest = NextDouble() * sum;
        for (var i = 0; i < weights.Length - 1; i++)
        {
            rest -= weights[i];
            if (rest < 0) return i;
        }

        return weights.Length - 1;
    }

    private static ulong BigMultiplyHigh(ulong a, ulong b) => Math.BigMul(a, b, out _);
}
