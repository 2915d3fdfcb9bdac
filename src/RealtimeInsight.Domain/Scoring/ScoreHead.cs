namespace RealtimeInsight.Domain.Scoring;

/// <summary>The probabilities that the behaviour model gives.</summary>
public enum ScoreHead : byte
{
    Churn = 0,
    Abandonment = 1,
    Purchase = 2,
}

/// <summary>Names the heads, and reads one of three scores.</summary>
public static class ScoreHeads
{
    public const int Count = 3;

    public static string WireName(ScoreHead head) => head switch
    {
        ScoreHead.Churn => "churn",
        ScoreHead.Abandonment => "abandonment",
        ScoreHead.Purchase => "purchase",
        _ => throw new ArgumentOutOfRangeException(nameof(head), head, "not a head"),
    };

    /// <summary>The head that has this wire name; null where none has.</summary>
    public static ScoreHead? Named(string? name) => name switch
    {
        "churn" => ScoreHead.Churn,
        "abandonment" => ScoreHead.Abandonment,
        "purchase" => ScoreHead.Purchase,
        _ => null,
    };

    public static float Of(this in HeadScores scores, ScoreHead head) => head switch
    {
        ScoreHead.Churn => scores.Churn,
        ScoreHead.Abandonment => scores.Abandonment,
        ScoreHead.Purchase => scores.Purchase,
        _ => throw new ArgumentOutOfRangeException(nameof(head), head, "not a head"),
    };
}
