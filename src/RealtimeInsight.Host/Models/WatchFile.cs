using RealtimeInsight.Engine.Watching;
using RealtimeInsight.Inference.Lifecycle;

namespace RealtimeInsight.Host.Models;

/// <summary>What is known of the models' live quality, as a file of the data folder.</summary>
/// <param name="dataDirectory">The engine's data folder.</param>
public sealed class WatchFile(string dataDirectory) : IWatchStore
{
    public const string FileName = "watching.bin";

    private readonly string _path = Path.Combine(dataDirectory, FileName);

    public byte[]? Read() => File.Exists(_path) ? File.ReadAllBytes(_path) : null;

    public void Write(byte[] snapshot) => WholeFile.Replace(_path, snapshot);
}
