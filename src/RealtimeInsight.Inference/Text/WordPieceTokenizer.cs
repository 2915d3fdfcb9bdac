using System.Globalization;
using System.Text;

namespace RealtimeInsight.Inference.Text;

/// <summary>
/// BERT's tokenizer (Devlin et al. 2018; the rules are those of <c>tokenization.py</c> in google-research/bert): control characters are
/// dropped, blanks, punctuation and Chinese characters separate words, and a word is cut greedily into the longest pieces that the
/// vocabulary knows; one that cannot be cut, or has more than 100 characters, is <c>[UNK]</c>. Case is mapped a character at a time. A
/// text cannot name <c>[CLS]</c> and its like: their brackets are punctuation. Thread-safe; allocates nothing.
/// </summary>
public sealed class WordPieceTokenizer(WordPieceVocabulary vocabulary, WordPieceRules options) : ITextEncoder
{
    private readonly long[] _probe =
        [vocabulary.StartId, vocabulary.UnknownId, vocabulary.Count - 1, vocabulary.UnknownId, vocabulary.EndId];

    /// <summary>Longer words are not looked up.</summary>
    private const int WordLengthMax = 100;

    public WordPieceVocabulary Vocabulary { get; } = vocabulary;

    public long PaddingId => Vocabulary.PaddingId;

    public ReadOnlySpan<long> Probe => _probe;

    /// <summary>Writes <c>[CLS]</c>, the pieces and <c>[SEP]</c>; pieces that do not fit are left out.</summary>
    /// <param name="ids">At least 2.</param>
    /// <returns>How many ids were written, and whether pieces were left out.</returns>
    public (int Count, bool IsTruncated) Encode(ReadOnlySpan<char> text, Span<long> ids)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ids.Length, 2);
        ids[0] = Vocabulary.StartId;
        var words = new Words(Vocabulary, ids[1..^1], stackalloc char[2 * WordLengthMax], stackalloc int[2 * WordLengthMax]);
        foreach (var rune in text.EnumerateRunes())
        {
            if (words.IsFull) break;
            Read(ref words, rune);
        }

        words.End();
        ids[words.Count + 1] = Vocabulary.EndId;
        return (words.Count + 2, words.IsFull);
    }

    /// <summary>The pieces of a text, without <c>[CLS]</c> and <c>[SEP]</c>.</summary>
    public IReadOnlyList<string> Tokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new long[(text.Length * Decompositions.RunesMax) + 2];
        var (count, _) = Encode(text, ids);
        return [.. ids[1..(count - 1)].Select(id => Vocabulary[(int)id])];
    }

    private void Read(ref Words words, Rune rune)
    {
        if (IsBlank(rune))
        {
            words.End();
        }
        else if (IsDropped(rune))
        {
            // Neither part of a word nor between two.
        }
        else if (options.SplitIdeographs && IsIdeograph(rune.Value))
        {
            words.End();
            ReadPart(ref words, rune);
            words.End();
        }
        else
        {
            ReadPart(ref words, rune);
        }
    }

    private void ReadPart(ref Words words, Rune rune)
    {
        // Simple case mapping leaves this one letter out: it becomes an i with a dot above.
        var isDottedCapital = options.LowerCase && rune.Value == 0x130;
        if (isDottedCapital) rune = new Rune('i');
        else if (options.LowerCase) rune = Rune.ToLowerInvariant(rune);
        if (!options.StripAccents)
        {
            ReadFinal(ref words, rune);
            if (isDottedCapital) ReadFinal(ref words, new Rune(0x307));
            return;
        }

        Span<Rune> parts = stackalloc Rune[Decompositions.RunesMax];
        foreach (var part in parts[..Decompositions.Write(rune, parts)])
        {
            if (Rune.GetUnicodeCategory(part) != UnicodeCategory.NonSpacingMark) ReadFinal(ref words, part);
        }
    }

    private static void ReadFinal(ref Words words, Rune rune)
    {
        if (!IsPunctuation(rune))
        {
            words.Add(rune);
            return;
        }

        words.End();
        words.Add(rune);
        words.End();
    }

    private static bool IsBlank(Rune rune) =>
        rune.Value is '\t' or '\n' or '\r' or ' ' || Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator
        || rune.Value is 0x2028 or 0x2029;

    /// <summary>Control and format characters, unassigned ones, and the mark of what could not be decoded.</summary>
    private static bool IsDropped(Rune rune) => rune.Value is 0 or 0xFFFD || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    private static bool IsPunctuation(Rune rune) =>
        rune.Value is (>= 33 and <= 47) or (>= 58 and <= 64) or (>= 91 and <= 96) or (>= 123 and <= 126) || Rune.IsPunctuation(rune);

    private static bool IsIdeograph(int rune) => rune is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF)
        or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B820 and <= 0x2CEAF)
        or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);

    /// <summary>The word that is being read, and the ids so far.</summary>
    private ref struct Words(WordPieceVocabulary vocabulary, Span<long> ids, Span<char> word, Span<int> pieces)
    {
        private readonly Span<long> _ids = ids;
        private readonly Span<char> _word = word;
        private readonly Span<int> _pieces = pieces;
        private int _chars;
        private int _runes;

        public int Count { get; private set; }

        /// <summary>A piece had no room.</summary>
        public bool IsFull { get; private set; }

        public void Add(Rune rune)
        {
            if (++_runes <= WordLengthMax) _chars += rune.EncodeToUtf16(_word[_chars..]);
        }

        public void End()
        {
            if (_runes == 0) return;
            var count = _runes <= WordLengthMax ? Cut(_word[.._chars]) : 0;
            if (count == 0) Put(vocabulary.UnknownId);
            foreach (var piece in _pieces[..count]) Put(piece);
            (_chars, _runes) = (0, 0);
        }

        /// <summary>Cuts greedily; 0 when some part of the word is not known.</summary>
        private readonly int Cut(ReadOnlySpan<char> word)
        {
            var (count, start) = (0, 0);
            while (start < word.Length)
            {
                var length = Math.Min(word.Length - start, vocabulary.LengthMax);
                int id;
                while (!vocabulary.TryFind(word.Slice(start, length), start > 0, out id))
                {
                    if (--length == 0) return 0;
                }

                _pieces[count++] = id;
                start += length;
            }

            return count;
        }

        private void Put(int id)
        {
            if (Count < _ids.Length) _ids[Count++] = id;
            else IsFull = true;
        }
    }
}
