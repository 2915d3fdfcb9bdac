namespace RealtimeInsight.Insights.Recommendation;

/// <summary>One item seen in a session.</summary>
/// <param name="Session">Key of the session.</param>
/// <param name="Item">Key of the item.</param>
/// <param name="Category">Category of the item; empty where there is none.</param>
/// <param name="Seconds">When, in seconds of any fixed clock.</param>
public readonly record struct Click(string Session, string Item, string Category, double Seconds);
