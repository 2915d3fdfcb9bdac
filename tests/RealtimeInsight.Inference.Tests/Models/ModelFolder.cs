using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Inference.Tests.Models;

/// <summary>A model repository in a folder of its own, gone with the test.</summary>
public sealed class ModelFolder : IDisposable
{
    public const string SchemaHash = "0123456789abcdef";

    public ModelFolder()
    {
        Root = Directory.CreateTempSubdirectory("models-").FullName;
    }

    public string Root { get; }

    public ModelRepository Repository => new(Root, SchemaHash);

    public string PathOf(string version, string file) => Path.Combine(Root, "behaviour", version, file);

    /// <summary>Writes a version in order, after <paramref name="change"/> to its manifest.</summary>
    public void Write(string version, Action<JsonObject>? change = null, byte[]? step = null, byte[]? fold = null)
    {
        Directory.CreateDirectory(Path.Combine(Root, "behaviour", version));
        step ??= [1, 2, 3, byte.Parse(version[^1..])];
        fold ??= [4, 5];
        File.WriteAllBytes(PathOf(version, ModelGraphs.StepFile), step);
        File.WriteAllBytes(PathOf(version, ModelGraphs.FoldFile), fold);
        var manifest = Manifest(version, ModelRepository.DigestOf(step, fold));
        change?.Invoke(manifest);
        File.WriteAllText(PathOf(version, "model.json"), manifest.ToJsonString());
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static object Source() => new
    {
        name = "shop",
        licence = "CC0-1.0",
        rows = 100,
        customers = 10,
        from = "2026-01-01",
        to = "2026-02-01",
        digest = "ab",
    };

    private static JsonObject Manifest(string version, string digest) => JsonSerializer.SerializeToNode(new
    {
        name = "behaviour",
        version,
        contract_version = 1,
        feature_schema_hash = SchemaHash,
        digest,
        opset = 17,
        created_at = "2026-01-02T03:04:05Z",
        horizons = new { churn_days = 30, abandonment_hours = 24.5, purchase_hours = 12 },
        calibration = new
        {
            churn = new { method = "platt", a = 1.5, b = -0.25 },
            abandonment = new { method = "platt", a = 1, b = 0 },
            purchase = new { method = "platt", a = 1, b = 0 },
        },
        training = new
        {
            seed = 7,
            sources = new[] { Source() },
        },
        metrics = new
        {
            churn = new { n = 10, base_rate = 0.5, auc = 0.75, brier = 0.2, log_loss = 0.6 },
            purchase = new { n = 10, base_rate = 0.0, auc = (double?)null, brier = 0.2, log_loss = 0.6 },
        },
        graphs = new { step = "step.onnx", fold = "fold.onnx" },
        added_by_a_newer_trainer = true,
    })!.AsObject();
}
