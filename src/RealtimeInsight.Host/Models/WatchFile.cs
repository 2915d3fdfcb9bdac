using RealtimeInsight.Engine.Watching;
using RealtimeInsight.Inference.Lifecycle;

namespace RealtimeInsight.Host.Models;

/// <summary>What an engine keeps between two runs beside its store, as a file of the data folder.</summary>
/// <param name="dataDirectory">The engine's data folder.</param>
/// <param name="name">Which file.</param>
public sealed class WatchFile(string dataDirectory, string name = WatchFile.FileName) : IWatchStore
{
    /// <summary>What is known of the models' live quality.</summary>
    public const string FileName = "watching.bin";

    /// <summary>What was learned.</summary>
    public const string LearnedFileName = "learned.bin";

    private readonly string _path = Path.Combine(dataDirectory, name);

    public byte[]? Read() => File.Exists(_path) ? File.ReadAllBytes(_path) : null;

    public void Write(byte[] snapshot) => WholeFile.Replace(_path, snapshot);
}
