using System.Buffers;

namespace RealtimeInsight.Inference.Text;

/// <summary>
/// Topics told by phrases: a text is about a topic when one of its phrases stands in it. Phrases of scripts with spaces are whole words;
/// a <c>*</c> at the end stands for the rest of a word. Thread-safe.
/// </summary>
public sealed class PhraseTopics
{
    private readonly SearchValues<string>[] _phrases;

    /// <param name="phrases">By topic, at least one each.</param>
    public PhraseTopics(IEnumerable<IReadOnlyList<string>> phrases)
    {
        ArgumentNullException.ThrowIfNull(phrases);
        _phrases = [.. phrases.Select(static topic =>
            SearchValues.Create([.. topic.Select(static phrase => Form(phrase))], StringComparison.Ordinal))];
    }

    public int Count => _phrases.Length;

    /// <summary>Writes the numbers of the topics that a cleaned text is about.</summary>
    /// <param name="topics">At least <see cref="Count"/>.</param>
    /// <returns>How many.</returns>
    public int Find(ReadOnlySpan<char> clean, Span<int> topics)
    {
        if (_phrases.Length == 0) return 0;
        var rented = ArrayPool<char>.Shared.Rent(clean.Length + 2);
        var words = rented.AsSpan(0, Words(clean, rented));
        var count = 0;
        for (var topic = 0; topic < _phrases.Length; topic++)
        {
            if (words.ContainsAny(_phrases[topic])) topics[count++] = topic;
        }

        ArrayPool<char>.Shared.Return(rented);
        return count;
    }

    /// <summary>Words with one blank before and behind each, whatever stood between them.</summary>
    private static int Words(ReadOnlySpan<char> clean, Span<char> words)
    {
        var length = 0;
        words[length++] = ' ';
        foreach (var c in clean)
        {
            var kept = NgramText.IsWide(c) || char.IsLetterOrDigit(c) || c == '\'' ? c : ' ';
            if (kept != ' ' || words[length - 1] != ' ') words[length++] = kept;
        }

        if (words[length - 1] != ' ') words[length++] = ' ';
        return length;
    }

    private static string Form(string phrase)
    {
        var clean = new char[phrase.Length];
        var text = new string(clean, 0, NgramText.Clean(phrase, clean)).TrimEnd();
        if (text.Length == 0) throw new ArgumentException($"the phrase '{phrase}' has no letter");
        var form = NgramText.IsWide(text[0]) ? "" : " ";
        if (text[^1] == '*') return form + text[..^1];
        return form + text + (NgramText.IsWide(text[^1]) ? "" : " ");
    }
}
