using System.Globalization;
using System.Text;

namespace RealtimeInsight.Insights.Text;

/// <summary>
/// Turns a text into counts of hashed character n-grams (1 to 3 or 4 characters, so that scripts without spaces need no segmenter) and of
/// hashed words and word pairs. Not thread-safe: buffers live from one call to the next.
/// </summary>
/// <param name="wideGramMax">Longest n-gram in scripts without spaces.</param>
public sealed class NgramHasher(int wideGramMax = NgramHasher.WideGramMaxDefault)
{
    /// <summary>Number of hash buckets.</summary>
    public const int Buckets = 1 << 20;

    /// <summary>Characters of a text that are read; longer ones are cut.</summary>
    public const int LengthMax = 4000;

    private const int WideGramMaxDefault = 4;
    private const int NarrowGramMin = 3;
    private const int NarrowGramMax = 5;
    private const uint FnvPrime = 16777619;
    private const uint FnvStart = 2166136261;

    private readonly int[] _slots = new int[Buckets];
    private readonly List<int> _buckets = [];
    private readonly List<float> _counts = [];
    private readonly StringBuilder _clean = new();
    private char[] _chars = [];

    public int WideGramMax { get; } = wideGramMax;

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
        Clean(text);
        var (wordStart, previous) = (-1, FnvStart);
        for (var i = 0; i <= _chars.Length; i++)
        {
            var c = i < _chars.Length ? _chars[i] : ' ';
            if (IsWide(c))
            {
                AddGrams(i, 1, WideGramMax);
            }
            else if (c != ' ')
            {
                AddGrams(i, NarrowGramMin, NarrowGramMax);
            }

            var isWord = char.IsAsciiLetterOrDigit(c) || c == '\'';
            if (isWord && wordStart < 0) wordStart = i;
            if (isWord || wordStart < 0) continue;
            var word = Hash(_chars.AsSpan(wordStart, i - wordStart), 77);
            Add(word);
            Add((previous * 31) ^ word);
            previous = word;
            wordStart = -1;
        }
    }

    /// <summary>Lower case, full-width letters made narrow, digits alike, runs of blanks as one.</summary>
    private void Clean(string text)
    {
        _clean.Clear();
        var isBlank = true;
        foreach (var raw in text.AsSpan(0, Math.Min(text.Length, LengthMax)))
        {
            var c = raw is >= '\uFF01' and <= '\uFF5E' ? (char)(raw - 0xFEE0) : raw;
            c = char.IsDigit(c) ? '0' : char.ToLower(c, CultureInfo.InvariantCulture);
            if (char.IsWhiteSpace(c) || c == '\uFEFF')
            {
                if (!isBlank) _clean.Append(' ');
                isBlank = true;
                continue;
            }

            _clean.Append(c);
            isBlank = false;
        }

        _chars = _clean.ToString().ToCharArray();
    }

    private void AddGrams(int start, int shortest, int longest)
    {
        var hash = FnvStart;
        for (var length = 1; length <= longest && start + length <= _chars.Length; length++)
        {
            hash = (hash ^ _chars[start + length - 1]) * FnvPrime;
            if (length >= shortest) Add(hash + (uint)length);
        }
    }

    private void Add(uint hash)
    {
        // The low bits of FNV alone mix badly: fold the high ones in.
        var bucket = (int)((hash ^ (hash >> 15) ^ (hash >> 7)) & (Buckets - 1));
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

    private static uint Hash(ReadOnlySpan<char> text, uint seed)
    {
        var hash = FnvStart ^ seed;
        foreach (var c in text) hash = (hash ^ c) * FnvPrime;
        return hash;
    }

    private static bool IsWide(char c) => c >= '\u2E80';
}
