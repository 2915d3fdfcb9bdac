using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Inference.Tests.Fakes;

/// <summary>A manifest in order, of a model with no graphs.</summary>
public static class TestManifest
{
    public const double ChurnA = 1.5;
    public const double ChurnB = -0.25;

    public static ModelManifest Create(string version = "1", string name = "behaviour") => new()
    {
        Name = name,
        Version = version,
        ContractVersion = ModelContract.Version,
        FeatureSchemaHash = "schema",
        Digest = long.Parse(version).ToString("x8").PadRight(64, 'a'),
        Opset = 17,
        CreatedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Horizons = new ModelHorizons { ChurnDays = 30, AbandonmentHours = 24, PurchaseHours = 24 },
        Calibration = new Dictionary<string, HeadCalibration>
        {
            [ModelHeads.Churn] = new() { Method = HeadCalibration.Platt, A = ChurnA, B = ChurnB },
            [ModelHeads.Abandonment] = new() { Method = HeadCalibration.Platt, A = 1, B = 0 },
            [ModelHeads.Purchase] = new() { Method = HeadCalibration.Platt, A = 1, B = 0 },
        },
        Training = new ModelTraining { Seed = 1, Sources = [] },
        Metrics = new Dictionary<string, HeadMetrics>(),
        Graphs = new ModelGraphs { Step = ModelGraphs.StepFile, Fold = ModelGraphs.FoldFile },
    };
}
