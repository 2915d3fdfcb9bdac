using System.Runtime.InteropServices;

namespace RealtimeInsight.Storage.Sqlite;

/// <summary>
/// Folds the write-ahead log into the file while commits go on: the bulk on a thread and a connection of its own, the little that is
/// written meanwhile by the writer, after which the log starts over at its beginning (SQLite, "Write-Ahead Logging", section 6).
/// A checkpoint by the writer alone would hold up the commit that starts it for the writes and the flush of the whole log.
/// </summary>
/// <remarks>
/// A checkpoint that fails leaves the log as it is, which loses nothing; it is tried again when as many pages have been added. What the
/// disk refuses is reported by the commit that the log has no room for.
/// </remarks>
internal sealed class WalCheckpointer : IDisposable
{
    /// <summary>The writer takes what is left when it is this share of the pages that start a checkpoint.</summary>
    private const int RestShare = 16;

    /// <summary>The log may grow to this many times the pages that start a checkpoint before a commit waits for it.</summary>
    private const int GrowthMax = 4;

    private const int PassesMax = 8;

    /// <summary>Steps of priority below the other threads, 19 at most: while the log has room, nobody waits for a checkpoint.</summary>
    private const int Niceness = 19;

    private readonly SqliteFile _writer;
    private readonly SqliteFile _file;
    private readonly int _pages;
    private readonly Thread _thread;
    private readonly SemaphoreSlim _work = new(0);
    private readonly ManualResetEventSlim _isIdle = new(true);
    private long _written;
    private bool _hasRest;
    private volatile bool _isStopping;

    /// <param name="writer">The connection that commits; its own checkpoints are switched off.</param>
    /// <param name="pages">Pages in the log that start a checkpoint.</param>
    public WalCheckpointer(SqliteFile writer, string path, int pages, TimeSpan busyTimeout)
    {
        _writer = writer;
        _pages = pages;
        writer.Run("PRAGMA wal_autocheckpoint = 0");
        _ = writer.TakePagesWritten();
        _file = new SqliteFile(path, readOnly: false, busyTimeout);
        _file.Run("PRAGMA synchronous = FULL");
        _thread = new Thread(Work) { IsBackground = true, Name = "checkpoint" };
        _thread.Start();
    }

    /// <summary>To be called by the writer after each commit.</summary>
    public void Committed()
    {
        _written += _writer.TakePagesWritten();
        if (_written < _pages) return;
        if (_written >= (long)_pages * GrowthMax) _isIdle.Wait();
        if (!_isIdle.IsSet) return;
        if (_hasRest)
        {
            _ = _writer.Checkpoint();
            _hasRest = false;
            _written = 0;
            return;
        }

        _hasRest = true;
        _isIdle.Reset();
        _work.Release();
    }

    public void Dispose()
    {
        _isStopping = true;
        _work.Release();
        _thread.Join();
        _file.Dispose();
        _work.Dispose();
        _isIdle.Dispose();
    }

    private void Work()
    {
        // Linux has a niceness for each thread; elsewhere it would be the whole process's.
        if (OperatingSystem.IsLinux()) _ = Nice(Niceness);
        while (true)
        {
            _work.Wait();
            if (_isStopping) return;
            for (var pass = 0; pass < PassesMax && !_isStopping; pass++)
            {
                if (_file.Checkpoint() is not { } left || left <= _pages / RestShare) break;
            }

            _isIdle.Set();
        }
    }

    [DllImport("libc", EntryPoint = "nice")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Nice(int steps);
}
