using System.Text.Json;
using System.Text.Json.Serialization;

namespace RealtimeInsight.Cli.Training;

/// <summary>What federated training says about its run: <c>federated.json</c> in the work folder.</summary>
/// <param name="Weights">Numbers that are trained together.</param>
/// <param name="Comparison">By way of training (federated and start; pooled and alone where they were asked for) and head.</param>
internal sealed record FederationReport(
    IReadOnlyList<FederatedShop> Shops,
    int Weights,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, FederatedFigures>> Comparison)
{
    public const string FileName = "federated.json";

    public static FederationReport Read(string path) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(path), FederationReportJson.Default.FederationReport)
            ?? throw CliException.Failure($"{path} is empty; train again");
}

internal sealed record FederatedShop(string Name, long Rows, long Customers);

/// <summary>Figures on the shops' later events, each shop's weighted by its cases.</summary>
internal sealed record FederatedFigures(long N, double? Auc, double? Brier, double? LogLoss);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FederationReport))]
internal sealed partial class FederationReportJson : JsonSerializerContext;
