using System.Text.Json;
using System.Text.Json.Serialization;
using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Inference.Models;

/// <summary>Reads <c>model.json</c> and checks everything that can be checked without its graphs.</summary>
internal static partial class ManifestReader
{
    /// <param name="place">Where it was read, for messages.</param>
    public static ModelManifest Read(ReadOnlySpan<byte> json, string place, string expectedSchemaHash)
    {
        ModelManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.ModelManifest)
                ?? throw new JsonException("the document is null");
        }
        catch (JsonException error)
        {
            throw Bad(place, $"is not a model manifest: {error.Message} Write it again with the trainer.", error);
        }

        if (manifest.ContractVersion != ModelContract.Version)
        {
            throw new ModelRefusedException(ModelRefusal.ContractVersion,
                $"{place} has contract_version {manifest.ContractVersion}; this build serves {ModelContract.Version}. "
                + "Export the model for it.");
        }

        if (manifest.FeatureSchemaHash != expectedSchemaHash)
        {
            throw new ModelRefusedException(ModelRefusal.FeatureSchema,
                $"{place} has feature_schema_hash {manifest.FeatureSchemaHash}, this build computes features of {expectedSchemaHash}; "
                + "a model scores only the features it was trained on. Train it again, or run the build that it was trained for.");
        }

        CheckValues(manifest, place);
        if (manifest.Reference is { } reference) CheckReference(reference, place);
        return manifest;
    }

    private static void CheckValues(ModelManifest manifest, string place)
    {
        foreach (var (key, value, expected) in new[]
        {
            ("graphs.step", manifest.Graphs.Step, ModelGraphs.StepFile),
            ("graphs.fold", manifest.Graphs.Fold, ModelGraphs.FoldFile),
        })
        {
            if (value != expected)
            {
                throw Bad(place, $"has {key} \"{value}\"; it has to be {expected}, beside the manifest.");
            }
        }

        foreach (var head in ModelHeads.All)
        {
            if (!manifest.Calibration.TryGetValue(head, out var calibration) || calibration is null)
            {
                throw Bad(place, $"has no calibration for head {head}; every head needs one. Calibrate it with the trainer.");
            }

            if (calibration.Method != HeadCalibration.Platt || !double.IsFinite(calibration.A) || !double.IsFinite(calibration.B))
            {
                throw Bad(place, $"calibrates head {head} by {calibration.Method}({calibration.A}, {calibration.B}); "
                    + "it has to be platt with finite a and b. Calibrate it again with the trainer.");
            }
        }

        var horizons = manifest.Horizons;
        if (!(horizons.ChurnDays > 0) || !(horizons.AbandonmentHours > 0) || !(horizons.PurchaseHours > 0))
        {
            throw Bad(place, $"has horizons of {horizons.ChurnDays} d, {horizons.AbandonmentHours} h and {horizons.PurchaseHours} h; "
                + "each has to be above 0. Write the manifest again with the trainer.");
        }
    }

    private static void CheckReference(ModelReference reference, string place)
    {
        foreach (var (name, one) in reference.Inputs.Concat(reference.Scores))
        {
            var isAscending = one.Edges.Zip(one.Edges.Skip(1)).All(static pair => pair.First < pair.Second);
            if (one.Shares.Count == one.Edges.Count + 1 && isAscending && one.Shares.All(static share => share is >= 0 and <= 1)) continue;
            throw Bad(place, $"has {one.Edges.Count} edges and {one.Shares.Count} shares in the reference of {name}; it needs "
                + "ascending edges and one share more, each 0 to 1. Write it again: insight models reference.");
        }

        if (reference.Rows < 1) throw Bad(place, $"has a reference of {reference.Rows} rows; it needs at least one. Write it again.");
    }

    private static ModelRefusedException Bad(string place, string problem, Exception? cause = null) =>
        new(ModelRefusal.Manifest, $"{place} {problem}", cause);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(ModelManifest))]
    private sealed partial class ManifestJson : JsonSerializerContext;
}
