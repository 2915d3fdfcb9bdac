using System.Text.Json;
using System.Text.Json.Serialization;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Inference.Text;

/// <summary>
/// One version of a text model as read from <c>name/version/{model.json,model.onnx,vocab.txt}</c>: the very bytes that were checked.
/// </summary>
public sealed partial class TextModelPackage
{
    public const string ManifestFile = "model.json";
    public const string GraphFile = "model.onnx";
    public const string VocabularyFile = "vocab.txt";
    public const string WeightsFile = "ngrams.bin";

    private const int MaxLengthLeast = 8;
    private const int MaxLengthMost = 4096;
    private const int LabelsMax = 1000;

    private TextModelPackage(string id, TextModelManifest manifest, ReadOnlyMemory<byte> graph, WordPieceVocabulary vocabulary)
    {
        (Id, Manifest, Graph, Vocabulary) = (id, manifest, graph, vocabulary);
        Encoder = new WordPieceTokenizer(vocabulary, manifest.Tokenizer);
    }

    private TextModelPackage(string id, TextModelManifest manifest, NgramWeights weights)
    {
        (Id, Manifest, Weights) = (id, manifest, weights);
        Encoder = new NgramEncoder(weights, new PhraseTopics(manifest.Labels.Skip(2).Select(topic => manifest.Topics![topic])));
    }

    /// <summary><c>name/version</c>, by its folder.</summary>
    public string Id { get; }

    public TextModelManifest Manifest { get; }

    /// <summary>How its texts become ids.</summary>
    public ITextEncoder Encoder { get; }

    /// <summary>Of a model on n-grams; null for an encoder.</summary>
    public NgramWeights? Weights { get; }

    /// <summary>The ONNX graph; empty for a model on n-grams.</summary>
    public ReadOnlyMemory<byte> Graph { get; }

    /// <summary>Null for a model on n-grams.</summary>
    public WordPieceVocabulary? Vocabulary { get; }

    /// <summary>Reads and checks a version's folder, of the repository or anywhere else.</summary>
    /// <exception cref="ModelRefusedException">A file is missing, or is not what the others say.</exception>
    public static TextModelPackage Read(string folder)
    {
        var files = VersionFolder.Of(folder);
        var (id, needs) = (files.Id, $"A text model needs {ManifestFile}, {GraphFile} and {VocabularyFile} in {files.Path}, one on n-grams "
            + $"{ManifestFile} and {WeightsFile}.");
        var manifest = ReadManifest(files.Read(ManifestFile, needs), $"{id}/{ManifestFile}");
        if ((manifest.Name ?? files.Name) != files.Name || (manifest.Version ?? files.Version) != files.Version)
        {
            throw Bad($"{id}/{ManifestFile}",
                $"describes {manifest.Name}/{manifest.Version}; it has to describe the folder it lies in. Move the folder.");
        }

        if (manifest.Kind == TextModelKind.Ngrams) return OfNgrams(id, manifest, files.Read(WeightsFile, needs));
        var (graph, vocabulary) = (files.Read(GraphFile, needs), files.Read(VocabularyFile, needs));
        CheckDigest(id, manifest, $"{GraphFile} and {VocabularyFile} have", DigestOf(graph, vocabulary));
        return new TextModelPackage(id, manifest, graph, WordPieceVocabulary.Read(vocabulary, $"{id}/{VocabularyFile}"));
    }

    private static TextModelPackage OfNgrams(string id, TextModelManifest manifest, byte[] bytes)
    {
        CheckDigest(id, manifest, $"{WeightsFile} has", DigestOf(bytes, []));
        NgramWeights weights;
        try
        {
            weights = NgramWeights.Read(bytes);
        }
        catch (FormatException error)
        {
            throw new ModelRefusedException(ModelRefusal.Graph,
                $"{id}/{WeightsFile} cannot be read: {error.Message}. Train it again with this program.", error);
        }

        var unknown = manifest.Labels.Skip(2).FirstOrDefault(topic =>
            manifest.Topics?.GetValueOrDefault(topic) is not { Count: > 0 } phrases
            || !phrases.All(static phrase => phrase.Any(char.IsLetter)));
        if (unknown is null) return new TextModelPackage(id, manifest, weights);
        throw Bad($"{id}/{ManifestFile}",
            $"has the label {unknown} behind the first two without phrases under topics; each needs a list of phrases with letters. "
            + "Add them.");
    }

    private static void CheckDigest(string id, TextModelManifest manifest, string files, string digest)
    {
        if (manifest.Digest is not { } expected || digest == expected) return;
        throw new ModelRefusedException(ModelRefusal.Digest,
            $"{id}/{ManifestFile} has digest {expected}, but {files} {digest}; they have to be the ones it was written for. Copy the "
            + "version again, or leave the digest out.");
    }

    /// <summary>Lower-case hex SHA-256 over both files, as manifests hold it.</summary>
    public static string DigestOf(ReadOnlySpan<byte> graph, ReadOnlySpan<byte> vocabulary) => VersionFolder.DigestOf(graph, vocabulary);

    private static TextModelManifest ReadManifest(ReadOnlySpan<byte> json, string place)
    {
        TextModelManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(json, TextManifestJson.Default.TextModelManifest)
                ?? throw new JsonException("the document is null");
        }
        catch (JsonException error)
        {
            throw Bad(place, $"is not the manifest of a text model: {error.Message} It needs labels and max_length.", error);
        }

        var labelsMin = manifest.Activation == TextActivation.Sigmoid ? 1 : 2;
        var different = manifest.Labels.Where(static label => !string.IsNullOrWhiteSpace(label)).Distinct(StringComparer.Ordinal).Count();
        if (different < labelsMin || different > LabelsMax || different != manifest.Labels.Count)
        {
            throw Bad(place, $"has the labels [{string.Join(", ", manifest.Labels)}]; they have to be {labelsMin} to {LabelsMax} different "
                + "names, one for each output of the graph. Name them in the order that the encoder was trained with.");
        }

        if (manifest.Heads is { } heads && (heads.Sum(static head => head.Labels) != manifest.Labels.Count
            || heads.Any(static head => head.Labels < (head.Activation == TextActivation.Sigmoid ? 1 : 2))))
        {
            throw Bad(place, $"has heads of [{string.Join(", ", heads.Select(static head => head.Labels))}] labels; together they have to "
                + $"be the {manifest.Labels.Count} labels, each at least 2, or 1 with sigmoid. Count them again, or leave the heads out.");
        }

        if (manifest.MaxLength is < MaxLengthLeast or > MaxLengthMost)
        {
            throw Bad(place, $"has max_length {manifest.MaxLength}; it has to be {MaxLengthLeast} to {MaxLengthMost}, and at most the "
                + "number of positions that the encoder was trained with.");
        }

        if (manifest.Examples?.FirstOrDefault(example => example.Probabilities.Count != manifest.Labels.Count) is { } wrong)
        {
            throw Bad(place, $"has an example with {wrong.Probabilities.Count} probabilities; each has to have one for each of the "
                + $"{manifest.Labels.Count} labels. Write the examples again, or leave them out.");
        }

        return manifest;
    }

    private static ModelRefusedException Bad(string place, string problem, Exception? cause = null) =>
        new(ModelRefusal.Manifest, $"{place} {problem}", cause);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        UseStringEnumConverter = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(TextModelManifest))]
    private sealed partial class TextManifestJson : JsonSerializerContext;
}
