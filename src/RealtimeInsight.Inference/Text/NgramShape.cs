namespace RealtimeInsight.Inference.Text;

/// <summary>How an n-gram model reads texts.</summary>
/// <param name="Bits">Hash buckets, as a power of two.</param>
/// <param name="WideGramMax">Longest n-gram in scripts without spaces.</param>
/// <param name="KnowsWideScripts">False for a model that was trained on no text in Chinese characters.</param>
/// <param name="Norm">Length that the first head's features are brought to.</param>
/// <param name="Intercept">Of the first head.</param>
public sealed record NgramShape(int Bits, int WideGramMax, bool KnowsWideScripts, float Norm, float Intercept);
