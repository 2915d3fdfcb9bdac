using RealtimeInsight.Engine.Watching;

namespace RealtimeInsight.Host.Models;

/// <summary>What is known of the models' live quality, as a file of the data folder.</summary>
/// <param name="dataDirectory">The engine's data folder.</param>
public sealed class WatchFile(string dataDirectory) : IWatchStore
{
    public const string FileName = "watching.bin";

    private readonly string _path = Path.Combine(dataDirectory, FileName);

    public byte[]? Read() => File.Exists(_path) ? File.ReadAllBytes(_path) : null;

    public void Write(byte[] snapshot)
    {
        var next = _path + ".next";
        using (var stream = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(snapshot);
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, _path, overwrite: true);
    }
}
