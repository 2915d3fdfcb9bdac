namespace RealtimeInsight.Inference.Monitoring;

/// <summary>How probabilities did against outcomes.</summary>
/// <param name="N">Scores whose outcome is known.</param>
/// <param name="BaseRate">Share of them that happened.</param>
/// <param name="MeanScore">Mean probability; near the base rate when it is calibrated.</param>
/// <param name="Auc">Null where only one outcome occurred.</param>
/// <param name="AucError">The exact area differs by at most this; see <see cref="QualityTally"/>.</param>
/// <param name="AucSpread">Standard error of the area as an estimate, for independent scores; null where there is no area.</param>
/// <param name="CalibrationError">Mean distance of probability and rate over groups of equal size, in the order of the scores.</param>
public sealed record QualityFigures(
    long N,
    long Positives,
    double BaseRate,
    double MeanScore,
    double? Auc,
    double AucError,
    double? AucSpread,
    double Brier,
    double LogLoss,
    double CalibrationError,
    IReadOnlyList<ReliabilityGroup> Reliability);

/// <summary>Scores next to each other.</summary>
public sealed record ReliabilityGroup(long Count, double MeanScore, double Rate);
