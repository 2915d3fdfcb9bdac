namespace RealtimeInsight.Inference.Text;

/// <summary>How a text becomes words before they are cut into pieces: as it was when the encoder was trained.</summary>
/// <param name="LowerCase">Letters become lower case; the encoder is an "uncased" one.</param>
/// <param name="StripAccents">Letters lose their accents.</param>
/// <param name="SplitIdeographs">Each Chinese character is a word of its own.</param>
public sealed record WordPieceRules(bool LowerCase = true, bool StripAccents = true, bool SplitIdeographs = true);
