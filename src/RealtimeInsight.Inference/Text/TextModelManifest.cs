namespace RealtimeInsight.Inference.Text;

/// <summary>
/// What <c>model.json</c> says about a text model. Two keys are required, <c>labels</c> and <c>max_length</c>, so that a downloaded
/// encoder needs a few lines only; unknown keys are ignored.
/// </summary>
public sealed record TextModelManifest
{
    /// <summary>The classes, in the order of the graph's outputs; 2 to 1,000 (1 with <see cref="TextActivation.Sigmoid"/>).</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Most word pieces of a text, the two markers included; 8 to 4,096. Longer texts are cut.</summary>
    public required int MaxLength { get; init; }

    /// <summary>Must be that of the folder where it is given.</summary>
    public string? Name { get; init; }

    /// <summary>Must be that of the folder where it is given.</summary>
    public string? Version { get; init; }

    /// <summary>
    /// Lower-case hex SHA-256 over the bytes of <c>model.onnx</c> followed by those of <c>vocab.txt</c>; null: not checked.
    /// </summary>
    public string? Digest { get; init; }

    // Nullable, not with a default value of their own: the generated reader sets what the document lacks to null or false.

    /// <summary>Default true.</summary>
    public bool? LowerCase { get; init; }

    /// <summary>Default: as <see cref="LowerCase"/>.</summary>
    public bool? StripAccents { get; init; }

    /// <summary>Default true.</summary>
    public bool? SplitIdeographs { get; init; }

    public TextActivation Activation { get; init; }

    /// <summary>What the model is made of. Default: an encoder.</summary>
    public TextModelKind Kind { get; init; }

    /// <summary>Labels that belong together, in the order of <see cref="Labels"/>; null: all of them are one head.</summary>
    public IReadOnlyList<TextHead>? Heads { get; init; }

    /// <summary>Phrases that tell a topic, see <see cref="PhraseTopics"/>: of each label of a model on n-grams but the first two.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Topics { get; init; }

    /// <summary>Name of the output to read; default: the one output of two dimensions.</summary>
    public string? Output { get; init; }

    /// <summary>Texts with the probabilities that the model has to give them, computed before it serves; null: none.</summary>
    public IReadOnlyList<TextExample>? Examples { get; init; }

    /// <summary><see cref="Heads"/>, or the one that all labels are.</summary>
    internal IReadOnlyList<TextHead> Groups => Heads ?? [new TextHead(TextHead.Only, Labels.Count, Activation)];

    public WordPieceRules Tokenizer => new(LowerCase ?? true, StripAccents ?? LowerCase ?? true, SplitIdeographs ?? true);
}

/// <summary>Labels of one question.</summary>
/// <param name="Name">Such as <c>sentiment</c> or <c>topics</c>.</param>
/// <param name="Labels">How many of the model's labels, at least 1 (2 where they exclude each other).</param>
/// <param name="Activation">Whether they exclude each other.</param>
public sealed record TextHead(string Name, int Labels, TextActivation Activation = TextActivation.Softmax)
{
    /// <summary>Name of the head of a model that names none.</summary>
    public const string Only = "label";
}

/// <summary>What a text model is made of.</summary>
public enum TextModelKind : byte
{
    /// <summary>A BERT-style ONNX graph with its vocabulary.</summary>
    Encoder,

    /// <summary>Weights of hashed n-grams.</summary>
    Ngrams,
}

/// <param name="Probabilities">By label, in the manifest's order.</param>
public sealed record TextExample(string Text, IReadOnlyList<float> Probabilities);

/// <summary>From logits to probabilities.</summary>
public enum TextActivation : byte
{
    /// <summary>One label holds: probabilities add up to 1.</summary>
    Softmax,

    /// <summary>Each label holds or not by itself.</summary>
    Sigmoid,
}
