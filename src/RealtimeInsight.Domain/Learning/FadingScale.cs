using RealtimeInsight.Domain.Binary;

namespace RealtimeInsight.Domain.Learning;

/// <summary>
/// Weights that halve in a half-life without being touched (forward decay, Cormode and others 2009): what happens later weighs more instead
/// of what happened earlier less, so that sums of weights do not depend on the order in which things are added, as long as they lie within
/// 200 half-lives.
/// </summary>
public struct FadingScale(TimeSpan halfLife)
{
    /// <summary>Shortest that the options allow.</summary>
    public static readonly TimeSpan HalfLifeMin = TimeSpan.FromHours(1);

    /// <summary>Longest that they allow.</summary>
    public static readonly TimeSpan HalfLifeMax = TimeSpan.FromDays(365);

    /// <summary>Weights up to two to this power are kept; beyond, everything is scaled down.</summary>
    private const double ExponentMax = 200;

    private readonly double _halfLifeMs = halfLife.TotalMilliseconds;
    private bool _isStarted;
    private long _originMs;

    /// <summary>The largest weight given so far; what happens now weighs about as much. 1 before the first.</summary>
    public double Newest { get; private set; } = 1;

    /// <summary>Weight of a moment; above 0.</summary>
    /// <param name="rescale">What all sums have to be multiplied by first; 1 for nearly all moments.</param>
    public double WeightOf(long atMs, out double rescale)
    {
        rescale = 1;
        if (!_isStarted) (_originMs, _isStarted) = (atMs, true);
        var exponent = (atMs - _originMs) / _halfLifeMs;
        if (exponent > ExponentMax)
        {
            (rescale, _originMs, Newest) = (Math.Pow(0.5, exponent), atMs, 1);
            return 1;
        }

        var weight = Math.Pow(2, Math.Max(exponent, -ExponentMax));
        Newest = Math.Max(Newest, weight);
        return weight;
    }

    internal readonly void Write(ByteWriter writer)
    {
        writer.Signed((long)_halfLifeMs);
        writer.Bool(_isStarted);
        writer.Signed(_originMs);
        writer.Double(Newest);
    }

    /// <returns>False where what was written fades otherwise: its weights are no weights of this scale.</returns>
    internal bool Read(ref ByteReader reader)
    {
        var isSame = reader.Signed() == (long)_halfLifeMs;
        (_isStarted, _originMs, Newest) = (reader.Bool(), reader.Signed(), reader.Double());
        return isSame;
    }
}
