using System.Buffers;
using RealtimeInsight.Domain.Binary;

namespace RealtimeInsight.Inference.Text;

/// <summary>
/// Weights of a linear model with two labels on hashed n-grams that are scaled and brought to one length, as naive Bayes support vector
/// machines do it (Wang and Manning 2012). Immutable; the binary form is version 1.
/// </summary>
public sealed class NgramWeights
{
    public const int BitsMin = 10;
    public const int BitsMax = 22;
    private const byte Version = 1;
    private const uint Magic = 0x474E4952;
    private const int WideGramMost = 8;
    private const int WordsMax = 1 << 20;

    private readonly Half[] _scales;
    private readonly Half[] _weights;
    private readonly HashSet<uint> _words;

    /// <param name="scales">By bucket; 0 for n-grams that were not met.</param>
    /// <param name="weights">By bucket, of the scaled n-gram: positive ones speak for the second label.</param>
    /// <param name="words">Hashes of words of the languages with spaces that it was trained on.</param>
    public NgramWeights(NgramShape shape, ReadOnlySpan<float> scales, ReadOnlySpan<float> weights, IEnumerable<uint> words)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var buckets = 1 << shape.Bits;
        ArgumentOutOfRangeException.ThrowIfNotEqual(scales.Length, buckets);
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, buckets);
        (Shape, _scales, _weights, _words) = (shape, new Half[buckets], new Half[buckets], [.. words]);
        for (var bucket = 0; bucket < buckets; bucket++)
        {
            (_scales[bucket], _weights[bucket]) = ((Half)scales[bucket], (Half)weights[bucket]);
        }
    }

    private NgramWeights(NgramShape shape)
    {
        var buckets = 1 << shape.Bits;
        (Shape, _scales, _weights, _words) = (shape, new Half[buckets], new Half[buckets], []);
    }

    public NgramShape Shape { get; }

    public bool Knows(uint word) => _words.Contains(word);

    /// <summary>The logit of the second label.</summary>
    /// <param name="buckets">Of the text's n-grams, as often as they occur, in any order; comes back sorted.</param>
    public float Score(Span<int> buckets)
    {
        buckets.Sort();
        double sum = 0, squares = 0;
        for (var i = 0; i < buckets.Length;)
        {
            var (bucket, count) = (buckets[i], 1);
            while (++i < buckets.Length && buckets[i] == bucket) count++;
            var scale = (double)_scales[bucket];
            if (scale == 0) continue;
            var value = scale * (count == 1 ? 1 : 1 + Math.Log(count));
            sum += value * (double)_weights[bucket];
            squares += value * value;
        }

        return (float)(Shape.Intercept + (squares > 0 ? sum * Shape.Norm / Math.Sqrt(squares) : 0));
    }

    public byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new ByteWriter(output);
        foreach (var part in BitConverter.GetBytes(Magic)) writer.Byte(part);
        writer.Byte(Version);
        writer.Byte((byte)Shape.Bits);
        writer.Byte((byte)Shape.WideGramMax);
        writer.Bool(Shape.KnowsWideScripts);
        writer.Single(Shape.Norm);
        writer.Single(Shape.Intercept);
        int[] known = [.. Enumerable.Range(0, _scales.Length).Where(bucket => (double)_scales[bucket] != 0)];
        var last = 0;
        writer.Unsigned((uint)known.Length);
        foreach (var bucket in known)
        {
            writer.Unsigned((uint)(bucket - last));
            foreach (var part in BitConverter.GetBytes(_scales[bucket])) writer.Byte(part);
            foreach (var part in BitConverter.GetBytes(_weights[bucket])) writer.Byte(part);
            last = bucket;
        }

        var lastWord = 0u;
        writer.Unsigned((uint)_words.Count);
        foreach (var word in _words.Order())
        {
            writer.Unsigned(word - lastWord);
            lastWord = word;
        }

        return output.WrittenSpan.ToArray();
    }

    /// <exception cref="FormatException">The bytes are not such weights, or of another version.</exception>
    public static NgramWeights Read(ReadOnlySpan<byte> source)
    {
        var reader = new ByteReader(source);
        if (reader.Fixed32() != Magic) throw reader.Malformed("these are no n-gram weights");
        var version = reader.Byte();
        if (version != Version) throw reader.Malformed($"version is {version}, this program reads {Version}");
        var weights = new NgramWeights(new NgramShape(
            Bounded(ref reader, BitsMin, BitsMax, "bits"), Bounded(ref reader, 1, WideGramMost, "longest n-gram"), reader.Bool(),
            Finite(reader.Single(), ref reader), Finite(reader.Single(), ref reader)));
        var buckets = 1u << weights.Shape.Bits;
        var at = 0u;
        for (var left = reader.Count((int)buckets, 5); left > 0; left--)
        {
            at = Next(ref reader, at, buckets);
            weights._scales[at] = (Half)Finite((float)BitConverter.UInt16BitsToHalf(reader.Fixed16()), ref reader);
            weights._weights[at] = (Half)Finite((float)BitConverter.UInt16BitsToHalf(reader.Fixed16()), ref reader);
        }

        var word = 0u;
        for (var left = reader.Count(WordsMax, 1); left > 0; left--) weights._words.Add(word = Next(ref reader, word, uint.MaxValue));
        return reader.IsAtEnd ? weights : throw reader.Malformed("there is more behind the last word");
    }

    private static uint Next(ref ByteReader reader, uint last, uint limit)
    {
        var next = last + (ulong)reader.Unsigned32();
        return next < limit ? (uint)next : throw reader.Malformed($"{next} is not below {limit}");
    }

    private static int Bounded(ref ByteReader reader, int min, int max, string what)
    {
        var value = reader.Byte();
        return value >= min && value <= max ? value : throw reader.Malformed($"{what} is {value}, {min} to {max} is allowed");
    }

    private static float Finite(float value, ref ByteReader reader) =>
        float.IsFinite(value) ? value : throw reader.Malformed($"a weight is {value}, it has to be finite");
}
