using RealtimeInsight.Engine.Storage;
using SQLitePCL;

namespace RealtimeInsight.Storage.Sqlite.Tests;

public sealed class WalCheckpointerTests : IDisposable
{
    private const int Pages = 100;
    private const int PageBytes = 8_192;
    private const int RowBytes = 40_000;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("insight-wal-");
    private long _offset;

    private string StorePath => Path.Combine(_directory.FullName, "engine.db");

    private long LogBytes => new FileInfo(StorePath + "-wal").Length;

    private long FileBytes => new FileInfo(StorePath).Length;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Commit_MoreThanTheLogMayHold_FoldsItIntoTheFile()
    {
        using var store = Open();
        for (var i = 0; i < 40; i++) Commit(store, rows: 10);

        // 400 rows of 5 pages and what leads to them, through a log that grows to four times its 100 pages and one commit at most.
        Assert.InRange(LogBytes, Pages * PageBytes, ((4 * Pages) + 100) * (PageBytes + 24L));
        Assert.True(FileBytes > 400L * RowBytes / 2, $"only {FileBytes} bytes have come into the file");
        Assert.Equal(400, store.ReadLog(0).Count());
    }

    [Fact]
    public void Commit_WhileAReaderNeedsAnOldMoment_GoesOn_AndTheLogStartsOverAfterwards()
    {
        using var store = Open();
        Commit(store, rows: 1);
        using (var reader = Reader())
        {
            for (var i = 0; i < 40; i++) Commit(store, rows: 10);
            Assert.True(LogBytes > 400L * RowBytes, $"the log has {LogBytes} bytes only");
        }

        for (var i = 0; i < 40; i++) Commit(store, rows: 10);
        var before = LogBytes;
        for (var i = 0; i < 40; i++) Commit(store, rows: 10);
        Assert.Equal(before, LogBytes);
        Assert.Equal(1_201, store.ReadLog(0).Count());
    }

    [Fact]
    public void Dispose_AfterCommits_LeavesAllInTheFile()
    {
        using (var store = Open())
        {
            for (var i = 0; i < 15; i++) Commit(store, rows: 10);
        }

        Assert.False(File.Exists(StorePath + "-wal"));
        using var again = Open();
        Assert.Equal(150, again.ReadLog(0).Count());
    }

    private SqliteStore Open()
    {
        var store = new SqliteStore(new SqliteStoreOptions { DataDirectory = _directory.FullName, WalPages = Pages });
        store.Open();
        return store;
    }

    private void Commit(SqliteStore store, int rows)
    {
        var group = new CommitGroup();
        for (var row = 0; row < rows; row++) group.Rows.AddRange(StoredRows.Group(_offset++, RowBytes).Rows);
        store.Commit(group);
    }

    /// <summary>A connection in the middle of a read.</summary>
    private sqlite3 Reader()
    {
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open(StorePath, out var file));
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(file, "BEGIN; SELECT count(*) FROM log"));
        return file;
    }
}
