namespace RealtimeInsight.Insights.Text;

/// <summary>One review and whether it is positive.</summary>
/// <param name="Category">What it is about; empty where it is not told.</param>
public sealed record Review(string Text, bool IsPositive, string Category);
