using System.Text;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Inference.Text;

/// <summary>
/// The word pieces that an encoder knows: <c>vocab.txt</c>, one a line, its id the number of the line from 0; a piece that continues a
/// word begins with <c>##</c>. Of a piece that stands twice the later id counts. Immutable.
/// </summary>
public sealed class WordPieceVocabulary
{
    public const string Padding = "[PAD]";
    public const string Unknown = "[UNK]";
    public const string Start = "[CLS]";
    public const string End = "[SEP]";

    private const string Continued = "##";
    private static readonly string[] s_needed = [Padding, Unknown, Start, End];

    private readonly string[] _pieces;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _beginning;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _continuing;

    private WordPieceVocabulary(string[] pieces, Dictionary<string, int> beginning, Dictionary<string, int> continuing)
    {
        _pieces = pieces;
        _beginning = beginning.GetAlternateLookup<ReadOnlySpan<char>>();
        _continuing = continuing.GetAlternateLookup<ReadOnlySpan<char>>();
        (PaddingId, UnknownId, StartId, EndId) = (beginning[Padding], beginning[Unknown], beginning[Start], beginning[End]);
        LengthMax = pieces.Max(static piece => piece.Length);
    }

    public int Count => _pieces.Length;

    public int PaddingId { get; }

    public int UnknownId { get; }

    public int StartId { get; }

    public int EndId { get; }

    /// <summary>Characters (UTF-16) of the longest piece.</summary>
    internal int LengthMax { get; }

    /// <summary>The piece of an id, as it stands in the file.</summary>
    public string this[int id] => _pieces[id];

    /// <param name="utf8">The file.</param>
    /// <param name="place">Where it was read, for messages.</param>
    /// <exception cref="ModelRefusedException">It is not UTF-8, or lacks one of the pieces that every encoder needs.</exception>
    public static WordPieceVocabulary Read(ReadOnlySpan<byte> utf8, string place)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8);
        }
        catch (DecoderFallbackException error)
        {
            throw Refused($"{place} is not UTF-8 text: {error.Message} It has to hold one word piece a line. Copy it again.", error);
        }

        // Only a line feed ends a line: other separators of Unicode are pieces of some vocabularies.
        string[] pieces = [.. text.TrimStart('\uFEFF').TrimEnd('\n', '\r').Split('\n').Select(static line => line.TrimEnd('\r'))];
        var beginning = new Dictionary<string, int>(StringComparer.Ordinal);
        var continuing = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < pieces.Length; id++)
        {
            var isContinued = pieces[id].Length > Continued.Length && pieces[id].StartsWith(Continued, StringComparison.Ordinal);
            if (isContinued) continuing[pieces[id][Continued.Length..]] = id;

            // A word may hold the very characters ## only where punctuation is not split off, so both tables never meet.
            else beginning[pieces[id]] = id;
        }

        foreach (var piece in s_needed)
        {
            if (beginning.ContainsKey(piece)) continue;
            throw Refused($"{place} has {pieces.Length} lines and no {piece}; an encoder of this kind needs {string.Join(", ", s_needed)}. "
                + "Copy the vocabulary that the encoder was trained with.");
        }

        return new WordPieceVocabulary(pieces, beginning, continuing);
    }

    internal bool TryFind(ReadOnlySpan<char> piece, bool isContinued, out int id) =>
        (isContinued ? _continuing : _beginning).TryGetValue(piece, out id);

    private static ModelRefusedException Refused(string message, Exception? cause = null) => new(ModelRefusal.Vocabulary, message, cause);
}
