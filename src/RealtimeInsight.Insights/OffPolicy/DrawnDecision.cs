namespace RealtimeInsight.Insights.OffPolicy;

/// <summary>A decision whose variant was drawn with a known probability, and its reward once settled.</summary>
public sealed record DrawnDecision
{
    public required string Rule { get; init; }

    /// <summary>Decisions of one customer are not independent of each other.</summary>
    public required string Customer { get; init; }

    /// <summary>UTC.</summary>
    public required DateTime DecidedAt { get; init; }

    /// <summary>All that could be given, in the rule's order.</summary>
    public required IReadOnlyList<string> Variants { get; init; }

    /// <summary>Which of them was.</summary>
    public required int Chosen { get; init; }

    /// <summary>Probability with which it was chosen, in (0, 1].</summary>
    public required double Propensity { get; init; }

    public required bool IsRewarded { get; init; }

    /// <summary>What was known when it was decided; NaN where a value was not.</summary>
    public required double[] Context { get; init; }
}
