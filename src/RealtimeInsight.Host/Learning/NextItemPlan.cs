using System.Text.Json;
using RealtimeInsight.Inference.Lifecycle;

namespace RealtimeInsight.Host.Learning;

/// <summary>Which trained order serves, and which did before; null stands for none: live items alone.</summary>
/// <param name="Before">The newest first, at most <see cref="BeforeMax"/>.</param>
public sealed record NextItemPlan(string? Serving, IReadOnlyList<string?> Before)
{
    public const int BeforeMax = 10;
    public const string FileName = "next-items.json";

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static NextItemPlan Nothing { get; } = new(null, []);

    public NextItemPlan Promote(string version) => new(version, [Serving, .. Before.Take(BeforeMax - 1)]);

    /// <summary>The plan with what served before; there has to be something.</summary>
    public NextItemPlan Rollback() => new(Before[0], [.. Before.Skip(1)]);

    /// <exception cref="ModelRequestException">The file is there and cannot be read, or is something else.</exception>
    internal static NextItemPlan Read(string path)
    {
        try
        {
            if (!File.Exists(path)) return Nothing;
            var plan = JsonSerializer.Deserialize<NextItemPlan>(File.ReadAllBytes(path), s_json);
            return plan is { Before: not null } ? plan : throw new JsonException("the document has no list 'before'");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ModelRequestException(
                $"{path} does not say which order of next items serves: {error.Message}. Promote a version to write it anew, or delete it.",
                error);
        }
    }

    /// <exception cref="ModelRequestException">The folder cannot be written to; what was kept stays.</exception>
    internal void Write(string path) => ServingPlanFile.Keep(path, JsonSerializer.SerializeToUtf8Bytes(this, s_json));
}
