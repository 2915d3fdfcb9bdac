using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Text;

namespace RealtimeInsight.Inference.Onnx.Tests;

/// <summary>The encoder in <c>src/models/review-sentiment</c> on the runtime that serves it, and what a wrong one is told.</summary>
public sealed class TextModelTests : IDisposable
{
    private static readonly string s_committed = Path.Combine(CommittedModel.Root, "review-sentiment", "1");
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly string _root = Directory.CreateTempSubdirectory("text-models-").FullName;
    private readonly Meter _meter = new(nameof(TextModelTests));

    [Fact]
    public async Task ClassifyAsync_ReviewsNeverTrainedOn_AreToldApart()
    {
        await using var pool = Pool(s_committed);
        string[] good =
            ["I love this sweater, so soft and it fits perfectly!", "Great quality. Very comfortable, would buy again.", "Beautiful!"];
        string[] bad =
        [
            "Very disappointed. Cheap fabric, and it fell apart after one wash.", "Unflattering and huge, I returned it.",
            "Poor quality. Don't waste your money, going back.",
        ];

        var replies = await Task.WhenAll(good.Concat(bad).Select(text => pool.ClassifyAsync(text, s_patience, default).AsTask()));

        Assert.Equal(["negative", "positive"], pool.Labels);
        Assert.All(replies, reply => Assert.Equal(ScoreOutcome.Scored, reply.Outcome));
        Assert.True(
            replies[..3].Min(reply => reply.Probabilities.Span[1]) > replies[3..].Max(reply => reply.Probabilities.Span[1]));
    }

    [Fact]
    public void Manifest_Metrics_BeatTheBaseRateFar()
    {
        var metrics = JsonNode.Parse(File.ReadAllText(Path.Combine(s_committed, "model.json")))!["metrics"]!;

        Assert.True((int)metrics["n"]! > 3000);
        Assert.True((double)metrics["auc"]! > 0.92);
        Assert.True(new DirectoryInfo(s_committed).EnumerateFiles().Sum(file => file.Length) < 2_000_000);
    }

    /// <summary>The default of new shops; its examples are computed again as it is loaded.</summary>
    [Fact]
    public async Task DefaultModel_IsSmall_AndHasItsFiguresOnTextsNeverTrainedOn()
    {
        var folder = Path.Combine(CommittedModel.Root, TextOptions.DefaultModel, "1");
        await using var pool = Pool(folder);
        var metrics = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "model.json")))!["metrics"]!;

        Assert.Equal(["sentiment", "topics"], pool.Heads.Select(static head => head.Name));
        Assert.True((int)metrics["reviews_zh, unseen"]!["n"]! > 50_000);
        Assert.True((double)metrics["reviews_zh, unseen"]!["auc"]! > 0.92);
        Assert.True((double)metrics["reviews_en"]!["auc"]! > 0.95);
        Assert.True(new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length) < 1_000_000);
    }

    [Fact]
    public void Run_TextsOfOneBatch_DoNotSeeEachOther()
    {
        using var runner = new OnnxTextRunnerFactory().Load(TextModelPackage.Read(s_committed));
        var random = new Random(3);
        var batch = new TextBatch(8, 128, 2);
        var texts = Enumerable.Range(0, 8).Select(_ => Ids(random, runner.Package, random.Next(2, 100))).ToList();
        batch.Begin(8, 100, 0);
        for (var row = 0; row < 8; row++) batch.Put(row, texts[row]);
        runner.Run(batch);
        var together = batch.Logits[..16];

        for (var row = 0; row < 8; row++)
        {
            batch.Begin(1, texts[row].Length, 0);
            batch.Put(0, texts[row]);
            runner.Run(batch);
            Assert.Equal(together[row * 2], batch.Logits[0], tolerance: 1e-4f);
            Assert.Equal(together[(row * 2) + 1], batch.Logits[1], tolerance: 1e-4f);
        }
    }

    [Fact]
    public void Load_GraphOfAnotherKind_IsRefusedForItsInputs()
    {
        var folder = Copy();
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), CommittedModel.Read().Step.ToArray());

        var refused = Refused(folder);

        Assert.Equal(ModelRefusal.Graph, refused.Reason);
        Assert.Contains("has the inputs tokens, ids, profile, state_in; they have to be input_ids and attention_mask", refused.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BytesThatAreNoGraph_IsRefused()
    {
        var folder = Copy();
        File.WriteAllText(Path.Combine(folder, "model.onnx"), "version https://git-lfs.github.com/spec/v1");

        Assert.Contains("review-sentiment/1/model.onnx cannot be loaded", Refused(folder).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OtherNumberOfLabels_IsRefused()
    {
        var folder = Copy(manifest => manifest["labels"] = new JsonArray("bad", "fair", "good"));

        Assert.Contains("exactly one of them has to be Float [-1, 3], as the manifest has 3 labels", Refused(folder).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OutputThatIsNotThere_IsRefused()
    {
        var folder = Copy(manifest => manifest["output"] = "scores");

        Assert.Contains(
            "\"output\" in model.json is scores, which has to be one of them", Refused(folder).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_LongerThanItsPositions_IsRefusedInWarmUp()
    {
        var folder = Copy(manifest => manifest["max_length"] = 512);

        var refused = Refused(folder);

        Assert.Equal(ModelRefusal.WarmUp, refused.Reason);
        Assert.Contains("max_length must be within the encoder's positions", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_VocabularyOfALargerEncoder_IsRefusedInWarmUp()
    {
        var folder = Copy();
        File.AppendAllLines(Path.Combine(folder, "vocab.txt"), Enumerable.Range(0, 5000).Select(static i => $"more{i}"));

        Assert.Contains("the vocabulary that it was trained with", Refused(folder).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_VocabularyInAnotherOrder_IsRefusedByTheExamples()
    {
        var examples = JsonNode.Parse(File.ReadAllText(Path.Combine(s_committed, "model.json")))!["examples"]!;
        var folder = Copy(manifest => manifest["examples"] = examples.DeepClone());
        var lines = File.ReadAllLines(Path.Combine(folder, "vocab.txt"));
        Array.Reverse(lines, 4, lines.Length - 4);
        File.WriteAllLines(Path.Combine(folder, "vocab.txt"), lines);

        var refused = Refused(folder);

        Assert.Equal(ModelRefusal.WarmUp, refused.Reason);
        Assert.Contains("gives the example \"Love this dress!", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _meter.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private static long[] Ids(Random random, TextModelPackage package, int count)
    {
        var ids = Enumerable.Range(0, count).Select(_ => (long)random.Next(4, package.Vocabulary!.Count)).ToArray();
        (ids[0], ids[^1]) = (package.Vocabulary!.StartId, package.Vocabulary!.EndId);
        return ids;
    }

    private ModelRefusedException Refused(string folder) => Assert.Throws<ModelRefusedException>(() => Pool(folder));

    private TextPool Pool(string folder) => new(
        TextRunners.Load(TextModelPackage.Read(folder), new OnnxTextRunnerFactory()), new TextOptions(), new TextInstruments(_meter),
        TimeProvider.System, NullLogger<TextPool>.Instance);

    /// <summary>The committed version in a folder of its own, without digest and examples: what is changed is what is found.</summary>
    private string Copy(Action<JsonObject>? change = null)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, "review-sentiment", "1")).FullName;
        foreach (var file in (string[])["model.onnx", "vocab.txt"]) File.Copy(Path.Combine(s_committed, file), Path.Combine(folder, file));
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(s_committed, "model.json")))!.AsObject();
        manifest.Remove("digest");
        manifest.Remove("examples");
        change?.Invoke(manifest);
        File.WriteAllText(Path.Combine(folder, "model.json"), manifest.ToJsonString());
        return folder;
    }
}
