using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Onnx.Tests;

/// <summary>The behaviour model of this repository, highest version.</summary>
internal static class CommittedModel
{
    public const string Name = "behaviour";

    public static string Root { get; } = Path.Combine(RealtimeInsight.Tests.Repository.Root, "src", "models");

    public static ModelRepository Repository { get; } = new(Root, FeatureSchema.Hash);

    public static string Version => Repository.Versions(Name) is [var highest, ..]
        ? highest
        : throw new InvalidOperationException($"No version of the behaviour model in {Root}: train it, or check the folder out.");

    public static ModelPackage Read() => Repository.Read(Name, Version);

    public static IModelRunner Load() => Factory().Load(Read());

    public static OnnxModelRunnerFactory Factory(InferenceOptions? options = null) =>
        new(options ?? new InferenceOptions(), NullLogger<OnnxModelRunnerFactory>.Instance);

    /// <summary>
    /// A version as a package, past the repository's checks; for graphs that only the runtime can find fault with.
    /// </summary>
    public static ModelPackage PackageOf(byte[] step, byte[] fold, string version = "9")
    {
        var manifest = Read().Manifest with { Version = version, Digest = ModelRepository.DigestOf(step, fold) };
        return new ModelPackage(manifest, step, fold);
    }

    /// <summary>Copies the highest version into another repository, after <paramref name="change"/> to its manifest.</summary>
    public static void CopyTo(string root, Action<JsonObject>? change = null)
    {
        var source = Path.Combine(Root, Name, Version);
        var target = Directory.CreateDirectory(Path.Combine(root, Name, Version)).FullName;
        foreach (var file in (string[])[ModelGraphs.StepFile, ModelGraphs.FoldFile])
        {
            File.Copy(Path.Combine(source, file), Path.Combine(target, file));
        }

        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "model.json")))!.AsObject();
        change?.Invoke(manifest);
        File.WriteAllText(Path.Combine(target, "model.json"), manifest.ToJsonString());
    }
}
