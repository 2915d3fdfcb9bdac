using System.Numerics;

namespace RealtimeInsight.Inference.Text;

/// <summary>
/// The lengths that texts are padded up to, so that texts of like length run together: powers of two from 16 and the model's own maximum.
/// </summary>
public sealed class LengthBuckets
{
    private const int Shortest = 16;
    private readonly int[] _lengths;

    /// <param name="takesAnyLength">False: one bucket, the maximum.</param>
    public LengthBuckets(int lengthMax, bool takesAnyLength)
    {
        var lengths = new List<int>();
        for (var length = Shortest; takesAnyLength && length < lengthMax; length *= 2) lengths.Add(length);
        _lengths = [.. lengths, lengthMax];
    }

    public int Count => _lengths.Length;

    public int this[int bucket] => _lengths[bucket];

    /// <summary>The shortest bucket that holds a text of so many pieces, at most the maximum.</summary>
    public int Of(int pieces)
    {
        var power = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)Math.Max(pieces, Shortest)));
        return Math.Min(power - BitOperations.Log2(Shortest), _lengths.Length - 1);
    }
}
