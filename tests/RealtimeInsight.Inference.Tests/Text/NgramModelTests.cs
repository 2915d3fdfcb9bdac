using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Tests.Fakes;
using RealtimeInsight.Inference.Text;

namespace RealtimeInsight.Inference.Tests.Text;

public sealed class NgramModelTests : IDisposable
{
    private const int Bits = 12;
    private readonly string _root = Directory.CreateTempSubdirectory("ngram-models-").FullName;

    private string Folder => Path.Combine(_root, "texts", "1");

    /// <summary>Models are made of these numbers.</summary>
    [Theory]
    [InlineData("好", "f849ada9")]
    [InlineData("hi", "3cb9c16b 9ecedbb0")]
    [InlineData("ABC １", "1a47e90e 8a340eb5 10f2d518 b0bc5599 de7ad456 3d104335 73ce7eb8 d1b96463 f80c48a8 fe0d10e0")]
    public void Hashes_NeverChange(string text, string expected)
    {
        var (clean, hashes) = (new char[text.Length], new uint[64]);
        var count = NgramText.Hashes(clean.AsSpan(0, NgramText.Clean(text, clean)), 4, hashes);
        Assert.Equal(expected, string.Join(' ', hashes[..count].Select(static hash => hash.ToString("x8"))));
    }

    [Fact]
    public void Hashes_OfAnyText_FitWhatIsToldAndStopAtTheEnd()
    {
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(60)).Select(_ => "ab '1漢字，é\ud83d \u00df"[random.Next(12)])]);
            var clean = new char[text.Length];
            var length = NgramText.Clean(text, clean);
            var all = new uint[((length + 1) * NgramText.HashesPerCharacterMax) + 1];
            var count = NgramText.Hashes(clean.AsSpan(0, length), 4, all);
            Assert.True(count < all.Length);
            var some = new uint[random.Next(count + 1)];
            Assert.Equal(some.Length, NgramText.Hashes(clean.AsSpan(0, length), 4, some));
            Assert.Equal(all[..some.Length], some);
        }
    }

    [Fact]
    public void ToBytes_Read_ScoresAlike()
    {
        var weights = Weights();
        var copy = NgramWeights.Read(weights.ToBytes());

        Assert.Equal(weights.Shape, copy.Shape);
        Assert.Equal(weights.ToBytes(), copy.ToBytes());
        Assert.Equal(weights.Score([5, 5, 9, 4095]), copy.Score([9, 5, 4095, 5]));
        Assert.True(copy.Knows(NgramText.Word("late")) && !copy.Knows(NgramText.Word("spät")));
        Assert.Equal(weights.Shape.Intercept, weights.Score([]));
    }

    [Fact]
    public void Read_OfBrokenBytes_IsAFormatExceptionOrWeights()
    {
        var bytes = Weights().ToBytes();
        for (var length = 0; length < bytes.Length; length += length < 40 ? 1 : 97)
        {
            Assert.Throws<FormatException>(() => NgramWeights.Read(bytes.AsSpan(0, length)));
        }

        var random = new Random(3);
        for (var round = 0; round < 2000; round++)
        {
            var changed = bytes.ToArray();
            changed[round < 40 ? round : random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                _ = NgramWeights.Read(changed).Score([1, 2, 3]);
            }
            catch (FormatException)
            {
                // Told, not taken.
            }
        }
    }

    [Theory]
    [InlineData("the parcel is late", true)]
    [InlineData("Late!!! The PARCEL", true)]
    [InlineData("物流太慢", true)]
    [InlineData("iphone 很好", true)]
    [InlineData("das Paket ist late", false)]
    [InlineData("livré très tard", false)]
    [InlineData("とても良いです", false)]
    [InlineData("아주 좋아요", false)]
    [InlineData("очень поздно", false)]
    [InlineData("12345 !!! \ud83d\ude00", false)]
    [InlineData("", false)]
    public void Encode_TellsWhetherItKnowsTheLanguage(string text, bool isKnown)
    {
        var encoder = new NgramEncoder(Weights(), new PhraseTopics([]));
        Assert.Equal(isKnown, encoder.Encode(text, new long[256]).Count > 0);
    }

    [Theory]
    [InlineData("delivered too late", "0")]
    [InlineData("Undeliverable", "")]
    [InlineData("a well-made bag; free  returns", "1 2")]
    [InlineData("returned", "")]
    [InlineData("快递员说退货", "0 2")]
    public void Phrases_AreWholeWordsOrBeginnings(string text, string topics)
    {
        var phrases = new PhraseTopics([["deliver*", "快递"], ["well made"], ["returns", "退货"]]);
        var (clean, found) = (new char[text.Length], new int[3]);
        var count = phrases.Find(clean.AsSpan(0, NgramText.Clean(text, clean)), found);
        Assert.Equal(topics, string.Join(' ', found[..count]));
    }

    [Fact]
    public async Task Pool_ServesItAsItServesEncoders()
    {
        Write();
        using var metrics = new InstrumentReader();
        await using var pool = new TextPool(
            TextRunners.Load(TextModelPackage.Read(Folder), new NoRuntime()), new TextOptions(), metrics.TextInstruments,
            TimeProvider.System, NullLogger<TextPool>.Instance);
        var longText = string.Concat(Enumerable.Repeat("物流太慢", 300));

        var late = await pool.ClassifyAsync("the parcel is late", TimeSpan.FromMinutes(5), CancellationToken.None);
        var foreign = await pool.ClassifyAsync("das ist zu viel", TimeSpan.FromMinutes(5), CancellationToken.None);
        var cut = await pool.ClassifyAsync(longText, TimeSpan.FromMinutes(5), CancellationToken.None);

        Assert.Equal(ScoreOutcome.Scored, late.Outcome);
        Assert.Equal(1, late.Probabilities.Span[0] + late.Probabilities.Span[1], 1e-5);
        Assert.Equal(["delivery"], pool.LabelsOf(late)["topics"]);
        Assert.Single(pool.LabelsOf(late)["sentiment"]);
        Assert.Equal((ScoreOutcome.OtherLanguage, 0), (foreign.Outcome, foreign.Probabilities.Length));
        Assert.Empty(pool.LabelsOf(foreign));
        Assert.Equal((true, 512), (cut.IsTruncated, cut.Pieces));
        Assert.Equal((2, 1), (metrics.Sum("texts", "scored"), metrics.Sum("texts", "other_language")));
    }

    [Theory]
    [InlineData("{\"topics\":{}}", ModelRefusal.Manifest, "has the label delivery behind the first two without phrases under topics")]
    [InlineData("{\"topics\":{\"delivery\":[\"!\"]}}", ModelRefusal.Manifest, "the label delivery behind the first two without phrases")]
    [InlineData("{\"digest\":\"00\"}", ModelRefusal.Digest, "has digest 00, but ngrams.bin has ")]
    [InlineData("{\"heads\":[{\"name\":\"a\",\"labels\":2}]}", ModelRefusal.Manifest, "has heads of [2] labels; together they have to be")]
    public void Read_ManifestThatIsWrong_IsRefused(string change, ModelRefusal reason, string message)
    {
        Write(JsonNode.Parse(change)!.AsObject());

        var refused = Assert.Throws<ModelRefusedException>(() => TextModelPackage.Read(Folder));

        Assert.Equal(reason, refused.Reason);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_BytesThatAreNoWeights_IsRefused()
    {
        Write();
        File.WriteAllText(Path.Combine(Folder, TextModelPackage.WeightsFile), "version https://git-lfs.github.com/spec/v1");

        var refused = Assert.Throws<ModelRefusedException>(() => TextModelPackage.Read(Folder));

        Assert.Equal(ModelRefusal.Graph, refused.Reason);
        Assert.Contains("texts/1/ngrams.bin cannot be read: malformed record", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static NgramWeights Weights()
    {
        var random = new Random(1);
        var (scales, weights) = (new float[1 << Bits], new float[1 << Bits]);
        for (var bucket = 0; bucket < scales.Length; bucket += 2)
        {
            (scales[bucket], weights[bucket]) = (1 + random.NextSingle(), random.NextSingle());
        }

        string[] words = ["the", "parcel", "is", "late"];
        return new NgramWeights(
            new NgramShape(Bits, 4, KnowsWideScripts: true, Norm: 1.5f, Intercept: -0.25f), scales, weights,
            words.Select(static word => NgramText.Word(word)));
    }

    private void Write(JsonObject? change = null)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllBytes(Path.Combine(Folder, TextModelPackage.WeightsFile), Weights().ToBytes());
        var manifest = JsonNode.Parse("""
            {
              "kind": "ngrams", "labels": ["negative", "positive", "delivery"], "max_length": 512,
              "heads": [{"name": "sentiment", "labels": 2}, {"name": "topics", "labels": 1, "activation": "sigmoid"}],
              "topics": {"delivery": ["parcel", "物流"]}
            }
            """)!.AsObject();
        foreach (var (key, value) in change ?? []) manifest[key] = value?.DeepClone();
        File.WriteAllText(Path.Combine(Folder, TextModelPackage.ManifestFile), manifest.ToJsonString());
    }

    private sealed class NoRuntime : ITextRunnerFactory
    {
        public ITextRunner Load(TextModelPackage package) => throw new InvalidOperationException("no runtime is needed");
    }
}
