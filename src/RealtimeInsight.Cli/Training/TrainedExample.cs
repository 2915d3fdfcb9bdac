using System.Text.Json;
using System.Text.Json.Serialization;

namespace RealtimeInsight.Cli.Training;

/// <summary>One customer's events with what the trainer's own model made of them, event by event.</summary>
public sealed record TrainedExample(
    float[][] Tokens, long[][] Ids, float[][] Profiles, float[][] States, float[][] Logits, float[][] Queries)
{
    public const string FileName = "example.json";

    public static TrainedExample Read(string path) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(path), TrainedExampleJson.Default.TrainedExample)
            ?? throw CliException.Failure($"{path} is empty; train again");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TrainedExample))]
internal sealed partial class TrainedExampleJson : JsonSerializerContext;
