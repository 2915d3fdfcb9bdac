using System.Globalization;

namespace RealtimeInsight.Inference.Text;

/// <summary>
/// Hashes of a text's n-grams: of 1 to 3 or 4 characters in scripts without spaces, which need no segmenter then; elsewhere of 3 to 5
/// characters, words and pairs of words. The same for training and serving: models are made of these numbers, which never change.
/// </summary>
public static class NgramText
{
    /// <summary>Characters of a text that are read; longer ones are cut.</summary>
    public const int LengthMax = 4000;

    /// <summary>Most hashes for a character of a text, and for the text's end.</summary>
    public const int HashesPerCharacterMax = 5;

    private const int NarrowGramMin = 3;
    private const int NarrowGramMax = 5;
    private const uint FnvPrime = 16777619;
    private const uint FnvStart = 2166136261;

    /// <summary>Lower case, full-width letters made narrow, digits alike, runs of blanks as one.</summary>
    /// <param name="clean">As long as the text, or <see cref="LengthMax"/>.</param>
    /// <returns>Characters written.</returns>
    public static int Clean(ReadOnlySpan<char> text, Span<char> clean)
    {
        var (length, isBlank) = (0, true);
        foreach (var raw in text[..Math.Min(text.Length, LengthMax)])
        {
            var c = raw is >= '\uFF01' and <= '\uFF5E' ? (char)(raw - 0xFEE0) : raw;
            c = char.IsDigit(c) ? '0' : char.ToLower(c, CultureInfo.InvariantCulture);
            if (char.IsWhiteSpace(c) || c == '\uFEFF')
            {
                if (!isBlank) clean[length++] = ' ';
                isBlank = true;
                continue;
            }

            clean[length++] = c;
            isBlank = false;
        }

        return length;
    }

    /// <summary>The hashes of a cleaned text, in the order of its characters, as often as they occur.</summary>
    /// <param name="wideGramMax">Longest n-gram in scripts without spaces.</param>
    /// <returns>How many were written; less than there are where <paramref name="hashes"/> is too short.</returns>
    public static int Hashes(ReadOnlySpan<char> clean, int wideGramMax, Span<uint> hashes)
    {
        var output = new Output(hashes);
        var (wordStart, previous) = (-1, FnvStart);
        for (var i = 0; i <= clean.Length && !output.IsFull; i++)
        {
            var c = i < clean.Length ? clean[i] : ' ';
            if (IsWide(c)) AddGrams(ref output, clean[i..], 1, wideGramMax);
            else if (c != ' ') AddGrams(ref output, clean[i..], NarrowGramMin, NarrowGramMax);
            var isWord = IsWordPart(c);
            if (isWord && wordStart < 0) wordStart = i;
            if (isWord || wordStart < 0) continue;
            var word = Word(clean[wordStart..i]);
            output.Add(word);
            output.Add((previous * 31) ^ word);
            previous = word;
            wordStart = -1;
        }

        return output.Count;
    }

    /// <summary>True in scripts without spaces between words.</summary>
    public static bool IsWide(char c) => c >= '\u2E80';

    /// <summary>True for what words of cleaned texts are made of.</summary>
    public static bool IsWordPart(char c) => char.IsAsciiLetterOrDigit(c) || c == '\'';

    /// <summary>The hash of a cleaned word.</summary>
    public static uint Word(ReadOnlySpan<char> word)
    {
        var hash = FnvStart ^ 77;
        foreach (var c in word) hash = (hash ^ c) * FnvPrime;
        return hash;
    }

    /// <summary>One of <c>2^bits</c> buckets; of fewer bits it is the rest of the division.</summary>
    public static int Bucket(uint hash, int bits) =>
        // The low bits of FNV alone mix badly: fold the high ones in.
        (int)((hash ^ (hash >> 15) ^ (hash >> 7)) & ((1u << bits) - 1));

    private static void AddGrams(ref Output output, ReadOnlySpan<char> rest, int shortest, int longest)
    {
        var hash = FnvStart;
        for (var length = 1; length <= longest && length <= rest.Length; length++)
        {
            hash = (hash ^ rest[length - 1]) * FnvPrime;
            if (length >= shortest) output.Add(hash + (uint)length);
        }
    }

    private ref struct Output(Span<uint> hashes)
    {
        private readonly Span<uint> _hashes = hashes;

        public int Count { get; private set; }

        public readonly bool IsFull => Count >= _hashes.Length;

        public void Add(uint hash)
        {
            if (!IsFull) _hashes[Count++] = hash;
        }
    }
}
