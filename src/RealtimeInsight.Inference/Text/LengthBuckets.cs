namespace RealtimeInsight.Inference.Text;

/// <summary>
/// The lengths that texts are padded up to, so that texts of like length run together: powers of two from 16, one length between each two,
/// and the model's own maximum.
/// </summary>
public sealed class LengthBuckets
{
    private const int Shortest = 16;
    private readonly int[] _lengths;

    /// <param name="takesAnyLength">False: one bucket, the maximum.</param>
    public LengthBuckets(int lengthMax, bool takesAnyLength)
    {
        var lengths = new List<int>();
        for (var power = Shortest; takesAnyLength && power < lengthMax; power *= 2)
        {
            lengths.Add(power);
            if (power + (power / 2) < lengthMax) lengths.Add(power + (power / 2));
        }

        _lengths = [.. lengths, lengthMax];
    }

    public int Count => _lengths.Length;

    public int this[int bucket] => _lengths[bucket];

    /// <summary>The shortest bucket that holds a text of so many pieces, at most the maximum.</summary>
    public int Of(int pieces)
    {
        var bucket = Array.BinarySearch(_lengths, pieces);
        return bucket >= 0 ? bucket : Math.Min(~bucket, _lengths.Length - 1);
    }
}
