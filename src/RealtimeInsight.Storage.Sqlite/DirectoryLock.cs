using System.Buffers.Binary;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Storage.Sqlite;

/// <summary>
/// Keeps a second process out of a data folder, and remembers in the lock file how far the log had been committed: a store that ends before
/// that has lost something, whatever it looks like otherwise.
/// </summary>
internal sealed class DirectoryLock : IDisposable
{
    private const int MarkLength = sizeof(long);
    private readonly FileStream _file;
    private readonly byte[] _buffer = new byte[MarkLength];

    private DirectoryLock(FileStream file) => _file = file;

    /// <exception cref="StoreUnavailableException">Another process holds the folder, or it cannot be written to.</exception>
    public static DirectoryLock Take(string directory)
    {
        var path = Path.Combine(directory, "engine.lock");
        try
        {
            Directory.CreateDirectory(directory);
            return new DirectoryLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException(
                $"{path} cannot be locked: another process may be using this data directory, or it is not writable; "
                + "stop that process or name another data directory",
                exception);
        }
    }

    /// <summary>Offset after the newest record that is known to have been committed; 0 when nothing is known.</summary>
    public long Committed => RandomAccess.Read(_file.SafeFileHandle, _buffer, 0) == MarkLength
        ? BinaryPrimitives.ReadInt64LittleEndian(_buffer)
        : 0;

    /// <summary>
    /// Notes what has been committed. Not brought to the disk: it survives the process, and after a power cut it is an older mark, which
    /// is still true.
    /// </summary>
    public void Commit(long nextOffset)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer, nextOffset);
        RandomAccess.Write(_file.SafeFileHandle, _buffer, 0);
    }

    /// <summary>The store is about to be another one.</summary>
    public void Forget()
    {
        _file.SetLength(0);
        _file.Flush(flushToDisk: true);
    }

    public void Dispose() => _file.Dispose();
}
