namespace RealtimeInsight.Host;

/// <summary>The data folder, made, proved writable and held against a second process until disposed.</summary>
public sealed class DataFolder : IDisposable
{
    private const string LockName = "host.lock";
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <exception cref="SetupException">The folder cannot be made or written to, or another process holds it.</exception>
    public static DataFolder Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(full, fault);
        }

        try
        {
            var file = System.IO.Path.Combine(full, LockName);
            return new DataFolder(
                full, new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.None));
        }
        catch (UnauthorizedAccessException fault)
        {
            throw NotWritable(full, fault);
        }
        catch (IOException fault)
        {
            throw new SetupException(
                $"the data folder {full} is in use by another process or cannot be written to ({fault.Message}); "
                + "stop the other one, or choose another folder with --data-dir", fault);
        }
    }

    public void Dispose() => _lock.Dispose();

    private static SetupException NotWritable(string path, Exception fault) =>
        new($"the data folder {path} cannot be written to ({fault.Message}); choose another one with --data-dir", fault);
}
