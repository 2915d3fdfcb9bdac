using System.Buffers;

namespace RealtimeInsight.Inference.Text;

/// <summary>
/// Buckets of a text's n-grams, and before them the topics that it is about. A text in another language gets none: the model reads Chinese
/// where it was trained on Chinese, and a language with spaces where most of the text's words occurred in training. Thread-safe.
/// </summary>
public sealed class NgramEncoder(NgramWeights weights, PhraseTopics topics) : ITextEncoder
{
    /// <summary>Part of the words that has to be known.</summary>
    private const double KnownShare = 0.6;

    private readonly long[] _probe = [0, 1, (1 << weights.Shape.Bits) - 1 + topics.Count, 0];

    public long PaddingId => 0;

    public ReadOnlySpan<long> Probe => _probe;

    public (int Count, bool IsTruncated) Encode(ReadOnlySpan<char> text, Span<long> ids)
    {
        var length = Math.Min(text.Length, NgramText.LengthMax);
        var clean = ArrayPool<char>.Shared.Rent(length + 1);
        var hashes = ArrayPool<uint>.Shared.Rent(ids.Length + 1);
        try
        {
            var kept = clean.AsSpan(0, NgramText.Clean(text, clean));
            if (!IsKnown(kept)) return (0, false);
            Span<int> about = stackalloc int[topics.Count];
            var found = topics.Find(kept, about);
            for (var i = 0; i < found; i++) ids[i] = (1 << weights.Shape.Bits) + about[i];
            var rest = ids[found..];
            var count = NgramText.Hashes(kept, weights.Shape.WideGramMax, hashes.AsSpan(0, rest.Length + 1));
            for (var i = 0; i < Math.Min(count, rest.Length); i++) rest[i] = NgramText.Bucket(hashes[i], weights.Shape.Bits);
            return (found + Math.Min(count, rest.Length), count > rest.Length || text.Length > NgramText.LengthMax);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(clean);
            ArrayPool<uint>.Shared.Return(hashes);
        }
    }

    /// <summary>Whether a cleaned text is in one of the model's languages.</summary>
    internal bool IsKnown(ReadOnlySpan<char> clean)
    {
        int ideographs = 0, otherWide = 0, words = 0, known = 0;
        for (var i = 0; i < clean.Length; i++)
        {
            if (NgramText.IsWide(clean[i]))
            {
                if (clean[i] is >= '\u3400' and <= '\u9FFF') ideographs++;
                else if (char.IsLetter(clean[i])) otherWide++;
                continue;
            }

            if (!char.IsLetter(clean[i])) continue;
            words++;
            if (weights.Knows(WordAt(clean, ref i))) known++;
        }

        // Japanese and Korean have characters of their own beside the Chinese ones, and many of them.
        if (ideographs > 0 && ideographs >= words) return weights.Shape.KnowsWideScripts && otherWide * 4 <= ideographs;
        return words > 0 && known >= KnownShare * words;
    }

    /// <summary>Adds the hashes of a cleaned text's words, as <see cref="Encode"/> looks them up.</summary>
    public static void ReadWords(ReadOnlySpan<char> clean, ISet<uint> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        for (var i = 0; i < clean.Length; i++)
        {
            if (!NgramText.IsWide(clean[i]) && char.IsLetter(clean[i])) words.Add(WordAt(clean, ref i));
        }
    }

    /// <summary>The hash of the word that begins here.</summary>
    /// <param name="at">Its first character; comes back as its last.</param>
    private static uint WordAt(ReadOnlySpan<char> clean, ref int at)
    {
        var start = at;
        while (at + 1 < clean.Length && IsOfWord(clean[at + 1])) at++;
        return NgramText.Word(clean[start..(at + 1)]);
    }

    private static bool IsOfWord(char c) => !NgramText.IsWide(c) && (char.IsLetter(c) || c == '\'');
}
