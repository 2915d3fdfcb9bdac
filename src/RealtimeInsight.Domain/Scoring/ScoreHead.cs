namespace RealtimeInsight.Domain.Scoring;

/// <summary>The probabilities that the behaviour model gives.</summary>
public enum ScoreHead : byte
{
    Churn = 0,
    Abandonment = 1,
    Purchase = 2,
}

/// <summary>Reads one of three scores.</summary>
public static class ScoreHeads
{
    public const int Count = 3;

    public static float Of(this in HeadScores scores, ScoreHead head) => head switch
    {
        ScoreHead.Churn => scores.Churn,
        ScoreHead.Abandonment => scores.Abandonment,
        ScoreHead.Purchase => scores.Purchase,
        _ => throw new ArgumentOutOfRangeException(nameof(head), head, "not a head"),
    };
}
