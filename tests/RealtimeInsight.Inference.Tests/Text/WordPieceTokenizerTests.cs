using System.Text;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Text;

namespace RealtimeInsight.Inference.Tests.Text;

/// <summary>The cases that BERT's authors published with it (google-research/bert, tokenization_test.py), and its limits.</summary>
public sealed class WordPieceTokenizerTests
{
    private static readonly string[] s_published =
        ["[UNK]", "[CLS]", "[SEP]", "want", "##want", "##ed", "wa", "un", "runn", "##ing", ",", "[PAD]"];

    [Fact]
    public void Tokenize_PublishedSentence_GivesThePublishedPieces() =>
        Assert.Equal(["un", "##want", "##ed", ",", "runn", "##ing"], Tokenize("UNwant\u00E9d,running", s_published));

    [Theory]
    [InlineData("unwanted running", "un ##want ##ed runn ##ing")]
    [InlineData("unwantedX running", "[UNK] runn ##ing")]
    [InlineData("", "")]
    [InlineData(" \t\r\n\u00A0\u3000", "")]
    public void Tokenize_Words_AreCutGreedily(string text, string pieces) =>
        Assert.Equal(pieces.Split(' ', StringSplitOptions.RemoveEmptyEntries), Tokenize(text, s_published));

    [Fact]
    public void Tokenize_ChineseCharacters_AreWordsOfTheirOwn()
    {
        Assert.Equal(["ah", "博", "推", "zz"], Tokenize("ah\u535A\u63A8zz", ["ah", "博", "推", "zz", "##zz"]));
        Assert.Equal(
            ["ah", "##博", "##推", "##zz"],
            Tokenize("ah\u535A\u63A8zz", ["ah", "##博", "##推", "##zz"], new WordPieceRules(SplitIdeographs: false)));
    }

    [Fact]
    public void Tokenize_CaseAndAccents_FollowTheOptions()
    {
        string[] vocabulary = ["hello", "!", "how", "are", "you", "?", "HeLLo", "Are", "yoU", "héllo", "i", "##\u0307", "##i"];

        Assert.Equal(["hello", "!", "how", "are", "you", "?"], Tokenize(" \tHeLLo!how  \n Are yoU?  ", vocabulary));
        Assert.Equal(["hello"], Tokenize("H\u00E9llo", vocabulary));
        Assert.Equal(["héllo"], Tokenize("H\u00E9llo", vocabulary, new WordPieceRules(StripAccents: false)));
        Assert.Equal(
            ["HeLLo", "!", "how", "Are", "yoU", "?"],
            Tokenize(" \tHeLLo!how  \n Are yoU?  ", vocabulary, new WordPieceRules(LowerCase: false, StripAccents: false)));
        Assert.Equal(["i", "##i"], Tokenize("\u0130\u0130", vocabulary));
        Assert.Equal(["i", "##\u0307"], Tokenize("\u0130", vocabulary, new WordPieceRules(StripAccents: false)));
    }

    [Fact]
    public void Tokenize_ControlCharacters_NeitherStandNorSeparate() =>
        Assert.Equal(["unwanted"], Tokenize("un\0wan\u200Bt\u0007ed\uFFFD\uE000", ["unwanted"]));

    [Fact]
    public void Tokenize_LoneSurrogates_AreDropped() => Assert.Equal(["ab"], Tokenize("a\uD800b\uDC00", ["ab"]));

    [Fact]
    public void Tokenize_NamesOfMarkers_AreOrdinaryText() =>
        Assert.Equal(["[", "sep", "]"], Tokenize("[SEP]", ["[", "sep", "]"]));

    [Fact]
    public void Tokenize_WordBeyondTheLimit_IsUnknown()
    {
        Assert.Equal(100, Tokenize(new string('a', 100), ["a", "##a"]).Count);
        Assert.Equal(["[UNK]"], Tokenize(new string('a', 101), ["a", "##a"]));
    }

    [Theory]
    [InlineData(2, 0, true)]
    [InlineData(5, 3, true)]
    [InlineData(6, 4, false)]
    [InlineData(60, 4, false)]
    public void Encode_Room_CutsBehindItAndKeepsBothMarkers(int room, int kept, bool isTruncated)
    {
        var tokenizer = Tokenizer(["a", "b", "c", "d"]);
        var ids = new long[room];

        var (count, truncated) = tokenizer.Encode("a b c d", ids);

        Assert.Equal(["[CLS]", .. "abcd"[..kept].Select(letter => letter.ToString()), "[SEP]"],
            ids[..count].Select(id => tokenizer.Vocabulary[(int)id]));
        Assert.Equal(isTruncated, truncated);
    }

    [Fact]
    public void Encode_SteadyState_AllocatesNothing()
    {
        var tokenizer = Tokenizer(["un", "##want", "##ed", "runn", "##ing", "好"]);
        var ids = new long[64];

        Assert.Equal(0, Allocation.Least(() =>
        {
            for (var i = 0; i < 100; i++) tokenizer.Encode("unwanted running, 好好 \u00C9t\u00E9", ids);
        }));
    }

    [Fact]
    public void Read_VocabularyWithoutMarkers_IsRefused()
    {
        var refused = Assert.Throws<ModelRefusedException>(() => WordPieceVocabulary.Read("[PAD]\n[UNK]\n[CLS]\nwant"u8, "m/1/vocab.txt"));

        Assert.Equal(ModelRefusal.Vocabulary, refused.Reason);
        Assert.Contains("m/1/vocab.txt has 4 lines and no [SEP]", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_BytesThatAreNotText_AreRefused()
    {
        var refused = Assert.Throws<ModelRefusedException>(() => WordPieceVocabulary.Read([0x5B, 0xFF, 0xFE, 0x0A], "m/1/vocab.txt"));

        Assert.Contains("m/1/vocab.txt is not UTF-8", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LineEndsOfWindowsAndMarkAtTheFront_DoNotShiftIds()
    {
        var vocabulary = WordPieceVocabulary.Read("\uFEFF[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\nwant\r\n"u8, "vocab.txt");

        Assert.Equal((0, 1, 2, 3, 5), (vocabulary.PaddingId, vocabulary.UnknownId, vocabulary.StartId, vocabulary.EndId, vocabulary.Count));
    }

    internal static WordPieceTokenizer Tokenizer(IEnumerable<string> pieces, WordPieceRules? options = null)
    {
        var lines = new[] { "[PAD]", "[UNK]", "[CLS]", "[SEP]" }.Concat(pieces).Distinct();
        var vocabulary = WordPieceVocabulary.Read(Encoding.UTF8.GetBytes(string.Join('\n', lines)), "vocab.txt");
        return new WordPieceTokenizer(vocabulary, options ?? new WordPieceRules());
    }

    private static IReadOnlyList<string> Tokenize(string text, IEnumerable<string> pieces, WordPieceRules? options = null) =>
        Tokenizer(pieces, options).Tokenize(text);
}
