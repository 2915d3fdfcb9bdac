namespace RealtimeInsight.Insights.Evaluation;

/// <summary>What may be concluded from a section.</summary>
/// <param name="IsMade">False: the evaluator refuses, and <paramref name="Text"/> says why.</param>
public sealed record Claim(bool IsMade, string Text)
{
    public static Claim Made(string text) => new(true, text);

    public static Claim Refused(string text) => new(false, text);
}
