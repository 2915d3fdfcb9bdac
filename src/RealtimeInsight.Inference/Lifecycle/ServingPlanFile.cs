using System.Text.Json;
using System.Text.Json.Serialization;

namespace RealtimeInsight.Inference.Lifecycle;

/// <summary>The plan on disk: a small JSON file, see <see cref="WholeFile"/>.</summary>
public sealed partial class ServingPlanFile(string path)
{
    public const string FileName = "serving.json";

    /// <summary>Full path.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The plan kept; null when none has been written.</summary>
    /// <exception cref="ModelRequestException">The file is there and cannot be read, or its content is wrong.</exception>
    public ServingPlan? Read()
    {
        try
        {
            if (!File.Exists(Path)) return null;
            var plan = JsonSerializer.Deserialize(File.ReadAllBytes(Path), PlanJson.Default.ServingPlan)
                ?? throw new JsonException("the document is null");
            if (Fault(plan) is { } fault) throw new JsonException(fault);
            return plan;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ModelRequestException(
                $"{Path} does not say which model serves: {error.Message}. Promote a version to write it anew, or delete it.", error);
        }
    }

    /// <summary>Returns when the plan is on disk.</summary>
    /// <exception cref="ModelRequestException">The folder cannot be written to; the plan kept is the one before.</exception>
    public void Write(ServingPlan plan) => Keep(Path, JsonSerializer.SerializeToUtf8Bytes(plan, PlanJson.Default.ServingPlan));

    /// <summary>Puts a plan of any kind on disk; returns when it is there.</summary>
    /// <exception cref="ModelRequestException">The folder cannot be written to; the plan kept is the one before.</exception>
    public static void Keep(string path, ReadOnlySpan<byte> plan)
    {
        try
        {
            WholeFile.Replace(path, plan);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelRequestException(
                $"{path} cannot be written ({error.Message}), so a restart would undo the change and it is not made. "
                + "Make the folder writable, or free space.", error);
        }
    }

    private static string? Fault(ServingPlan plan)
    {
        foreach (var shared in new[] { plan.Challenger, plan.Shadow })
        {
            if (shared is { Share: not (> 0 and <= 1) })
            {
                return $"version {shared.Version} has a share of {shared.Share}, above 0 to 1 is allowed";
            }
        }

        return null;
    }

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        WriteIndented = true,
        RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(ServingPlan))]
    private sealed partial class PlanJson : JsonSerializerContext;
}
