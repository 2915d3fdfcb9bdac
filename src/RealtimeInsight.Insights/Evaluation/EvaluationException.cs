namespace RealtimeInsight.Insights.Evaluation;

/// <summary>The data cannot answer the question that was asked; the message says what is missing and what to do.</summary>
public sealed class EvaluationException(string message) : Exception(message);
