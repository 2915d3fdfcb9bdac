using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Storage.Sqlite.Tests;

public sealed class TrimmedLogTests : IDisposable
{
    private const int RowsOfARound = 40;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("insight-trimmed-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Check_OfALogThatBeginsLater_FindsItSound_AndStillMissesWhatIsGone()
    {
        using (var store = Open())
        {
            Append(store, 0);
            Trim(store, 30);
        }

        var report = StoreCheck.Run(FilePath, CancellationToken.None);
        Assert.Empty(report.Damages);
        Assert.Equal((10, 40), (report.Records, report.NextOffset));

        using (var file = new SqliteFile(FilePath, readOnly: false, TimeSpan.Zero)) file.Run("DELETE FROM log WHERE first_offset = 30");
        Assert.Contains("the log has no records 30 to 30", StoreCheck.Run(FilePath, CancellationToken.None).Damages);
    }

    [Fact]
    public void Pages_OfRowsThatWent_AreUsedAgain()
    {
        using var store = Open();
        Append(store, 0);
        var pages = store.Scalar("PRAGMA page_count");
        for (var round = 1; round <= 10; round++)
        {
            Trim(store, (round * RowsOfARound) - 1);
            Append(store, round * RowsOfARound);
        }

        // Ten times as many rows have come and gone.
        Assert.InRange(store.Scalar("PRAGMA page_count"), pages, pages + (pages / 5));
    }

    [Fact]
    public void Open_AfterARollback_HasTheRowsThatWereToGo()
    {
        using (var store = Open())
        {
            Append(store, 0);
            var group = new CommitGroup();
            group.Controls.Add(new TrimLogRow(30));
            group.Rows.Add(Row(0));
            // The row is there already: the whole transaction is taken back, the cut with it.
            Assert.ThrowsAny<Exception>(() => store.Commit(group));
        }

        using var again = new SqliteStore(new SqliteStoreOptions { DataDirectory = _directory.FullName });
        Assert.Equal(0, again.Open().LogStart);
        Assert.Equal(RowsOfARound, again.ReadLog(0).Count());
    }

    private string FilePath => Path.Combine(_directory.FullName, "engine.db");

    private SqliteStore Open()
    {
        var store = new SqliteStore(new SqliteStoreOptions { DataDirectory = _directory.FullName });
        store.Open();
        return store;
    }

    private static void Append(SqliteStore store, long first)
    {
        var group = new CommitGroup();
        for (var i = 0; i < RowsOfARound; i++) group.Rows.Add(Row(first + i));
        store.Commit(group);
    }

    private static void Trim(SqliteStore store, long start)
    {
        var group = new CommitGroup();
        group.Controls.Add(new TrimLogRow(start));
        store.Commit(group);
    }

    /// <summary>Long enough to have pages of its own.</summary>
    private static LogRow Row(long offset)
    {
        var body = new byte[40_000];
        body[0] = LogRecordReader.FormatVersion;
        return new LogRow(offset, 1, new Instant(offset), new Instant(offset), new byte[8], body, 0).Sealed();
    }
}
