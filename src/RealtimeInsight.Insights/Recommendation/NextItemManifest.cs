using System.Text.Json;

namespace RealtimeInsight.Insights.Recommendation;

/// <summary>What <c>model.json</c> says of a trained order of next items.</summary>
public sealed record NextItemManifest
{
    /// <summary>Name of the kind, and of the folder that versions lie in.</summary>
    public const string KindName = "next-items";

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
    };

    public required string Name { get; init; }

    /// <summary>A whole number.</summary>
    public required string Version { get; init; }

    /// <summary>Lower-case hex SHA-256 of the file with the items.</summary>
    public required string Digest { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required int Items { get; init; }

    public required int Sessions { get; init; }

    /// <summary>The first look that was learned from.</summary>
    public required DateTimeOffset TrainedFrom { get; init; }

    /// <summary>The last look that was learned from.</summary>
    public required DateTimeOffset TrainedTo { get; init; }

    /// <summary>False where there was too little to learn an order from: candidates come in the order of the nearest sessions.</summary>
    public required bool IsLearned { get; init; }

    /// <summary>How a version of the earlier sessions did on the later ones; null where those were too few.</summary>
    public NextItemMetrics? Metrics { get; init; }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, s_json);

    /// <exception cref="JsonException">It is something else.</exception>
    public static NextItemManifest Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<NextItemManifest>(json, s_json) ?? throw new JsonException("the document is null");
}

/// <param name="Cases">Looks of later sessions that were predicted.</param>
/// <param name="HitRate">HR@20 of the trained order with what is learned live.</param>
/// <param name="Mrr">MRR@20 of the same.</param>
/// <param name="LiveHitRate">HR@20 of what is learned live alone.</param>
/// <param name="LiveMrr">MRR@20 of the same.</param>
public sealed record NextItemMetrics(int Cases, double HitRate, double Mrr, double LiveHitRate, double LiveMrr);
