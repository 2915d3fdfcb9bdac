using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeInsight.Inference.Text;
using RealtimeInsight.Insights.Evaluation;
using RealtimeInsight.Insights.Text;

namespace RealtimeInsight.Cli.Training;

/// <summary>What <c>insight train-texts</c> learns from and where the version goes.</summary>
/// <param name="Sources">Labelled texts by where they are from; none: the phrases alone.</param>
/// <param name="Unseen">Labelled texts that the model is judged on and learns nothing from.</param>
/// <param name="Out">Folder of the version.</param>
internal sealed record TextTrainSettings(
    IReadOnlyList<TextSource> Sources, IReadOnlyList<TextSource> Unseen, PhraseBook Phrases, string Out, int Bits, int TextsMin, int Seed,
    bool IsJson)
{
    /// <summary>Topics of some of the texts, told by a person; null: topics are not judged.</summary>
    public TopicLabels? Topics { get; init; }
}

/// <summary>Labelled texts and where they are from.</summary>
internal sealed record TextSource(string Name, IReadOnlyList<Review> Reviews);

/// <summary>Trains a model of sentiment and topics on n-grams, judges it on texts that were held out, writes the version.</summary>
internal sealed class TextTrainJob(CliConsole console)
{
    private const int MaxLength = 4096;

    private static readonly JsonSerializerOptions s_readable = new()
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly string[] s_examples =
    [
        "Love it, fits perfectly and the colour is gorgeous.", "Fell apart after one wash, I want my money back.",
        "The courier never came and customer service does not answer.", "质量很好，物流也快，很满意", "客服态度差，等了好几天还没到，要退货",
    ];

    public int Run(TextTrainSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var learning = settings.Sources.Select(static source => (source.Name, Texts: Side(source.Reviews, isHeldOut: false))).ToList();
        Review[] known = [.. learning.SelectMany(static source => source.Texts)];
        var model = SentimentSettings.Alike with { Bits = settings.Bits, TextsMin = settings.TextsMin };
        var weights = TextModelTraining.Fit(known, settings.Phrases, model, settings.Seed, Say);
        var phrasesAlone = TextModelTraining.Fit([], settings.Phrases, model, settings.Seed);
        var figures = new JsonObject();
        var held = settings.Sources.Select(static source => (source.Name, Texts: Side(source.Reviews, isHeldOut: true)));
        var unseen = settings.Unseen.Select(static source => ($"{source.Name}, unseen", (Review[])[.. source.Reviews]));
        foreach (var (name, texts) in held.Concat(unseen))
        {
            Say($"judging {name}");
            var figure = Judge(weights, phrasesAlone, texts);
            if (settings.Topics?.Judge(settings.Phrases, texts) is { } topics) figure["topics"] = topics;
            figures[name] = figure;
        }

        Write(settings, weights, learning.ToDictionary(static source => source.Name, static source => source.Texts.Length), figures);
        foreach (var (name, figure) in figures) console.Out.WriteLine($"{name}: {Sentence(figure!)}");
        console.Out.WriteLine($"{settings.Out} is written");
        if (!settings.IsJson) return ExitCodes.Success;
        console.Out.WriteLine(new JsonObject { ["out"] = settings.Out, ["metrics"] = figures.DeepClone() }.ToJsonString());
        return ExitCodes.Success;
    }

    private static string Sentence(JsonNode figure)
    {
        var topics = figure["topics"] is { } found
            ? $"; topics of {found["n"]} by hand: precision {found["precision"]}, recall {found["recall"]}, F1 {found["f1"]}, always the "
                + $"commonest {found["commonest_topic_f1"]}"
            : "";
        return $"{(int)figure["n"]!} texts, {Number("base_rate")} positive: accuracy {Number("accuracy")}, AUC {Number("auc")}; phrases "
            + $"alone {Number("phrases_accuracy")}, {Number("phrases_auc")}; {(double)figure["texts_per_second"]!:0} texts/s; in another "
            + $"language {(int)figure["other_language"]!}{topics}";

        string Number(string name) => ((double)figure[name]!).ToString("0.000", CultureInfo.InvariantCulture);
    }

    /// <summary>A fifth of the texts is held out, by a hash, so that copies fall on one side.</summary>
    private static Review[] Side(IReadOnlyList<Review> reviews, bool isHeldOut) =>
        [.. reviews.Where(review => SHA256.HashData(Encoding.UTF8.GetBytes(review.Text))[0] < 51 == isHeldOut)];

    private void Say(string what) => console.Error.WriteLine(what);

    private JsonObject Judge(NgramWeights weights, NgramWeights phrasesAlone, Review[] reviews)
    {
        bool[] labels = [.. reviews.Select(static review => review.IsPositive)];
        var start = console.Time.GetTimestamp();
        var probabilities = Predict(weights, reviews);
        var seconds = console.Time.GetElapsedTime(start).TotalSeconds;
        var ours = new BinaryOutcomes(labels, probabilities).Measure(0.5);
        var theirs = new BinaryOutcomes(labels, Predict(phrasesAlone, reviews)).Measure(0.5);
        return new JsonObject
        {
            ["n"] = labels.Length,
            ["base_rate"] = Rounded(labels.Average(static label => label ? 1.0 : 0.0)),
            ["accuracy"] = Rounded(ours.Accuracy),
            ["auc"] = Rounded(ours.Auc),
            ["log_loss"] = Rounded(ours.LogLoss),
            ["phrases_accuracy"] = Rounded(theirs.Accuracy),
            ["phrases_auc"] = Rounded(theirs.Auc),
            ["other_language"] = Others(weights, reviews),
            ["texts_per_second"] = Math.Round(labels.Length / Math.Max(seconds, 1e-9)),
        };
    }

    private static double Rounded(double value) => Math.Round(value, 4);

    private static double[] Predict(NgramWeights weights, Review[] reviews)
    {
        var (clean, hashes, buckets) = (new char[NgramText.LengthMax], new uint[MaxLength], new int[MaxLength]);
        var probabilities = new double[reviews.Length];
        for (var i = 0; i < reviews.Length; i++)
        {
            var length = NgramText.Clean(reviews[i].Text, clean);
            var count = NgramText.Hashes(clean.AsSpan(0, length), weights.Shape.WideGramMax, hashes);
            for (var at = 0; at < count; at++) buckets[at] = NgramText.Bucket(hashes[at], weights.Shape.Bits);
            probabilities[i] = 1 / (1 + Math.Exp(-weights.Score(buckets.AsSpan(0, count))));
        }

        return probabilities;
    }

    /// <summary>Texts that the model says are in another language.</summary>
    private static int Others(NgramWeights weights, Review[] reviews)
    {
        var (encoder, ids) = (new NgramEncoder(weights, new PhraseTopics([])), new long[MaxLength]);
        return reviews.Count(review => encoder.Encode(review.Text, ids).Count == 0);
    }

    private static void Write(
        TextTrainSettings settings, NgramWeights weights, Dictionary<string, int> rows, JsonObject figures)
    {
        var (bytes, topics) = (weights.ToBytes(), settings.Phrases.Topics);
        var manifest = new JsonObject
        {
            ["kind"] = "ngrams",
            ["name"] = Path.GetFileName(Path.GetDirectoryName(settings.Out)),
            ["version"] = Path.GetFileName(settings.Out),
            ["digest"] = TextModelPackage.DigestOf(bytes, []),
            ["labels"] = new JsonArray(["negative", "positive", .. topics.Keys.Select(static name => JsonValue.Create(name))]),
            ["heads"] = new JsonArray(
                new JsonObject { ["name"] = "sentiment", ["labels"] = 2, ["activation"] = "softmax" },
                new JsonObject { ["name"] = "topics", ["labels"] = topics.Count, ["activation"] = "sigmoid" }),
            ["max_length"] = MaxLength,
            ["training"] = new JsonObject
            {
                ["seed"] = settings.Seed,
                ["rows"] = new JsonObject(rows.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
                ["phrases"] = settings.Phrases.Positive.Count + settings.Phrases.Negative.Count,
            },
            ["metrics"] = Lasting(figures),
            ["topics"] = new JsonObject(topics.Select(static topic => KeyValuePair.Create(
                topic.Key, (JsonNode?)new JsonArray([.. topic.Value.Select(static phrase => JsonValue.Create(phrase))])))),
        };
        Directory.CreateDirectory(settings.Out);
        File.WriteAllBytes(Path.Combine(settings.Out, TextModelPackage.WeightsFile), bytes);
        WriteManifest(settings.Out, manifest);
        using var runner = new NgramTextRunner(TextModelPackage.Read(settings.Out));
        manifest["examples"] = new JsonArray([.. s_examples.Select(text => Example(runner, text))]);
        WriteManifest(settings.Out, manifest);
    }

    /// <summary>What comes out the same again: not how quick this machine was.</summary>
    private static JsonObject Lasting(JsonObject figures)
    {
        var lasting = figures.DeepClone().AsObject();
        foreach (var (_, figure) in lasting) figure!.AsObject().Remove("texts_per_second");
        return lasting;
    }

    private static JsonObject Example(NgramTextRunner runner, string text) => new()
    {
        ["text"] = text,
        ["probabilities"] = new JsonArray(
            [.. runner.Probabilities(text).Select(static value => JsonValue.Create(Math.Round(value, 4)))]),
    };

    private static void WriteManifest(string folder, JsonObject manifest) =>
        File.WriteAllText(Path.Combine(folder, TextModelPackage.ManifestFile), manifest.ToJsonString(s_readable) + "\n");
}
