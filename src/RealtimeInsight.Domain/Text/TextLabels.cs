namespace RealtimeInsight.Domain.Text;

/// <summary>What a text model found in an event's text. Kept with the event, so that a replay needs no model.</summary>
/// <param name="Sentiment">Probability that the text is positive, 0 to 1; null where the model does not tell.</param>
public readonly record struct TextLabels(float? Sentiment, TextTopics Topics)
{
    /// <summary>True for a text that is rather negative than positive.</summary>
    public bool IsComplaint => Sentiment < 0.5f;
}
