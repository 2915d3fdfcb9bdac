namespace RealtimeInsight.Inference.Text;

/// <summary>How a text becomes the ids that its model reads. Thread-safe.</summary>
public interface ITextEncoder
{
    /// <summary>Fills what is left of a row.</summary>
    long PaddingId { get; }

    /// <summary>Ids of a short text, the lowest and the highest that occur among them: what a warm-up runs.</summary>
    ReadOnlySpan<long> Probe { get; }

    /// <summary>Writes the ids of a text; those that do not fit are left out.</summary>
    /// <returns>
    /// How many ids were written, and whether some were left out. 0 ids: the text is in none of the languages that the model knows.
    /// </returns>
    (int Count, bool IsTruncated) Encode(ReadOnlySpan<char> text, Span<long> ids);
}
