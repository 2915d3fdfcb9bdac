namespace RealtimeInsight.Inference.Text;

/// <summary>How a text was settled.</summary>
/// <param name="Probabilities">By label, in the manifest's order; empty unless scored.</param>
/// <param name="Pieces">Word pieces that were read, the two markers included; for a model on n-grams, n-grams.</param>
/// <param name="IsTruncated">The text was longer than the model reads.</param>
public readonly record struct TextReply(ScoreOutcome Outcome, ReadOnlyMemory<float> Probabilities, int Pieces, bool IsTruncated);
