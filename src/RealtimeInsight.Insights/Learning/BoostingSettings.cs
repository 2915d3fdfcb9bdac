namespace RealtimeInsight.Insights.Learning;

/// <summary>How gradient boosting grows.</summary>
public sealed record BoostingSettings
{
    public int Trees { get; init; } = 200;

    public double LearningRate { get; init; } = 0.05;

    public int LeavesMax { get; init; } = 15;

    /// <summary>Fewest cases in a leaf.</summary>
    public int LeafCasesMin { get; init; } = 20;

    /// <summary>Penalty on squared leaf values, in units of curvature.</summary>
    public double Ridge { get; init; } = 1;

    /// <summary>Share of the cases that each tree sees.</summary>
    public double RowShare { get; init; } = 0.8;

    /// <summary>Share of the features that each tree may use.</summary>
    public double FeatureShare { get; init; } = 0.8;

    /// <summary>Most different values that are told apart per feature, up to 255.</summary>
    public int Bins { get; init; } = 64;
}
