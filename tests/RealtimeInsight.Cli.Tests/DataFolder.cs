using System.IO.Compression;
using RealtimeInsight.Cli.Replay;

namespace RealtimeInsight.Cli.Tests;

/// <summary>A temporary folder with hand-made files, removed at the end of a test.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("insight-cli-tests-");

    public string Path => _folder.FullName;

    public string Write(string name, params string[] lines) => WriteText(name, string.Join('\n', lines) + "\n");

    public string WriteText(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        if (name.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var file = File.Create(path);
            using var gzip = new GZipStream(file, CompressionLevel.Fastest);
            using var writer = new StreamWriter(gzip);
            writer.Write(text);
        }
        else
        {
            File.WriteAllText(path, text);
        }

        return path;
    }

    public ReplayInput Load(string format, int? limit = null) =>
        ReplayInput.Load(EventFormats.Get(format), Path, limit, CancellationToken.None);

    public void Dispose() => _folder.Delete(recursive: true);
}
