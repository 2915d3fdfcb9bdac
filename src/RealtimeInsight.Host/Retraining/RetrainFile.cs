using System.Text.Json;
using RealtimeInsight.Host.Api;
using RealtimeInsight.Inference.Lifecycle;

namespace RealtimeInsight.Host.Retraining;

/// <summary>The state on disk, replaced as a whole.</summary>
/// <param name="dataDirectory">The engine's data folder.</param>
internal sealed class RetrainFile(string dataDirectory)
{
    public const string FileName = "retraining.json";

    private readonly string _path = Path.Combine(dataDirectory, FileName);

    /// <summary>Folder that the trainer writes versions to, before they are checked and registered.</summary>
    public string Staging { get; } = Path.GetFullPath(Path.Combine(dataDirectory, "retraining"));

    /// <summary>Null when none was written.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="JsonException">It is damaged.</exception>
    public RetrainState? Read() =>
        File.Exists(_path) ? JsonSerializer.Deserialize<RetrainState>(File.ReadAllBytes(_path), ApiJson.Options) : null;

    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(RetrainState state) => WholeFile.Replace(_path, JsonSerializer.SerializeToUtf8Bytes(state, ApiJson.Options));
}
