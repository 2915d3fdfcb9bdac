namespace RealtimeInsight.Inference.Models;

/// <summary>
/// What <c>model.json</c> says about one model version. Keys are the members' names in snake case; every member but the reference is
/// required and unknown keys are ignored, so that a newer trainer can add some.
/// </summary>
public sealed record ModelManifest
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>Version of the graphs' names and shapes, see <see cref="Domain.Scoring.ModelContract.Version"/>.</summary>
    public required int ContractVersion { get; init; }

    /// <summary>Hash of the feature definitions that the model was trained on.</summary>
    public required string FeatureSchemaHash { get; init; }

    /// <summary>Lower-case hex SHA-256 over the bytes of <c>step.onnx</c> followed by those of <c>fold.onnx</c>.</summary>
    public required string Digest { get; init; }

    public required int Opset { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required ModelHorizons Horizons { get; init; }

    /// <summary>By head name, see <see cref="ModelHeads"/>.</summary>
    public required IReadOnlyDictionary<string, HeadCalibration> Calibration { get; init; }

    public required ModelTraining Training { get; init; }

    /// <summary>Quality on the held-out split, by head name.</summary>
    public required IReadOnlyDictionary<string, HeadMetrics> Metrics { get; init; }

    public required ModelGraphs Graphs { get; init; }

    /// <summary>What live traffic is compared with; null in the manifest of a trainer that wrote none.</summary>
    public ModelReference? Reference { get; init; }
}

/// <summary>How far ahead each head looks.</summary>
public sealed record ModelHorizons
{
    public required double ChurnDays { get; init; }

    public required double AbandonmentHours { get; init; }

    public required double PurchaseHours { get; init; }

    /// <summary>In the order of <see cref="ModelHeads.All"/>.</summary>
    public IReadOnlyList<TimeSpan> ToSpans() =>
        [TimeSpan.FromDays(ChurnDays), TimeSpan.FromHours(AbandonmentHours), TimeSpan.FromHours(PurchaseHours)];
}

/// <summary>From raw logit to probability. Platt: <c>p = sigmoid(a * logit + b)</c>.</summary>
public sealed record HeadCalibration
{
    public const string Platt = "platt";

    public required string Method { get; init; }

    public required double A { get; init; }

    public required double B { get; init; }
}

/// <summary>What the model was trained on.</summary>
public sealed record ModelTraining
{
    public required long Seed { get; init; }

    public required IReadOnlyList<TrainingSource> Sources { get; init; }
}

/// <param name="From">First event's date, ISO 8601.</param>
/// <param name="To">Last event's date, ISO 8601.</param>
/// <param name="Digest">SHA-256 of the rows that were read.</param>
public sealed record TrainingSource(string Name, string Licence, long Rows, long Customers, string From, string To, string Digest);

/// <summary>Quality of one head on the held-out split. A figure that the split cannot give (one class only) is null.</summary>
public sealed record HeadMetrics(long N, double? BaseRate, double? Auc, double? Brier, double? LogLoss);

/// <summary>File names of the two graphs, beside the manifest.</summary>
public sealed record ModelGraphs
{
    public const string StepFile = "step.onnx";
    public const string FoldFile = "fold.onnx";

    public required string Step { get; init; }

    public required string Fold { get; init; }
}

/// <summary>Names of the heads that are calibrated.</summary>
public static class ModelHeads
{
    public const string Churn = "churn";
    public const string Abandonment = "abandonment";
    public const string Purchase = "purchase";

    public static IReadOnlyList<string> All { get; } = [Churn, Abandonment, Purchase];
}
