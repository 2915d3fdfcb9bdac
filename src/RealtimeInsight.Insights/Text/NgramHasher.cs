using RealtimeInsight.Inference.Text;

namespace RealtimeInsight.Insights.Text;

/// <summary>
/// Turns a text into counts of hashed n-grams, see <see cref="NgramText"/>. Not thread-safe: buffers live from one call to the next.
/// </summary>
/// <param name="wideGramMax">Longest n-gram in scripts without spaces.</param>
/// <param name="bits">Number of hash buckets, as a power of two.</param>
public sealed class NgramHasher(int wideGramMax = NgramHasher.WideGramMaxDefault, int bits = NgramHasher.BitsDefault)
{
    public const int BitsDefault = 20;

    private const int WideGramMaxDefault = 4;

    private readonly int[] _slots = new int[1 << bits];
    private readonly List<int> _buckets = [];
    private readonly List<float> _counts = [];
    private readonly char[] _clean = new char[NgramText.LengthMax];
    private readonly uint[] _hashes = new uint[(NgramText.LengthMax + 1) * NgramText.HashesPerCharacterMax];

    public int WideGramMax { get; } = wideGramMax;

    public int Bits { get; } = bits;

    /// <summary>Buckets of the last text, each once.</summary>
    public IReadOnlyList<int> BucketsOfLast => _buckets;

    /// <summary>How often each bucket was met, beside <see cref="BucketsOfLast"/>.</summary>
    public IReadOnlyList<float> CountsOfLast => _counts;

    public void Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var bucket in _buckets) _slots[bucket] = 0;
        _buckets.Clear();
        _counts.Clear();
        var length = NgramText.Clean(text, _clean);
        foreach (var hash in _hashes.AsSpan(0, NgramText.Hashes(_clean.AsSpan(0, length), WideGramMax, _hashes))) Add(hash);
    }

    private void Add(uint hash)
    {
        var bucket = NgramText.Bucket(hash, Bits);
        var slot = _slots[bucket];
        if (slot == 0)
        {
            _buckets.Add(bucket);
            _counts.Add(1);
            _slots[bucket] = _buckets.Count;
            return;
        }

        _counts[slot - 1]++;
    }
}
