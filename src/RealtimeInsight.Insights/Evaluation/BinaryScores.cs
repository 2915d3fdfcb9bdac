namespace RealtimeInsight.Insights.Evaluation;

/// <summary>Figures of a yes-or-no prediction; NaN where the sample has one class only or nothing was flagged.</summary>
public readonly record struct BinaryScores(
    double Auc,
    double AveragePrecision,
    double Accuracy,
    double Precision,
    double Recall,
    double F1,
    double Brier,
    double LogLoss,
    double CalibrationError)
{
    public static IReadOnlyList<string> Names { get; } =
        ["auc", "average_precision", "accuracy", "precision", "recall", "f1", "brier", "log_loss", "calibration_error"];

    /// <summary>The figures in the order of <see cref="Names"/>.</summary>
    public double[] ToArray() => [Auc, AveragePrecision, Accuracy, Precision, Recall, F1, Brier, LogLoss, CalibrationError];
}
