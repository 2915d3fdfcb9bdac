namespace RealtimeInsight.Cli.Bench;

/// <summary>A temporary folder, removed with all that is in it.</summary>
internal sealed class BenchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("insight-bench-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
