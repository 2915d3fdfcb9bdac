using RealtimeInsight.Engine.Storage;
using RealtimeInsight.TestKit.Storage;
using SQLitePCL;

namespace RealtimeInsight.Storage.Sqlite.Tests;

public sealed class SqliteStoreTests : EngineStoreConformance, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("insight-store-");

    private string FilePath => Path.Combine(_directory.FullName, "engine.db");

    public void Dispose() => _directory.Delete(recursive: true);

    protected override IEngineStore Reopen() => new SqliteStore(Options());

    [Fact]
    public void Open_ByASecondStore_IsRefusedWithTheFile()
    {
        using var first = Reopen();
        first.Open();
        using var second = Reopen();
        var refusal = Assert.Throws<StoreUnavailableException>(second.Open);
        Assert.Contains("engine.lock", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OfANewerVersion_NamesBothVersions()
    {
        using (var store = Reopen()) store.Open();
        Execute("PRAGMA user_version = 99");
        using var again = Reopen();
        var refusal = Assert.Throws<StoreVersionException>(again.Open);
        Assert.Equal((99, SchemaSteps.Latest), (refusal.Found, refusal.Known));
        Assert.Contains("99", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OfAFileThatIsNoDatabase_SaysSo()
    {
        File.WriteAllText(FilePath, new string('x', 20_000));
        using var store = Reopen();
        var refusal = Assert.Throws<StoreCorruptException>(store.Open);
        Assert.Contains("engine.db", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OfAnotherProgramsDatabase_IsRefused()
    {
        Execute("CREATE TABLE other (x)");
        using var store = Reopen();
        Assert.Throws<StoreCorruptException>(store.Open);
    }

    [Fact]
    public void FindRow_WithOneByteChanged_NamesFileAndOffset()
    {
        using var store = Reopen();
        store.Open();
        var group = new CommitGroup();
        group.Rows.Add(Row(40, 2, 1_000, 2_000, 5));
        store.Commit(group);
        Execute("UPDATE log SET body = x'00' || substr(body, 2)");
        var error = Assert.Throws<StoreCorruptException>(() => store.FindRow(41));
        Assert.Equal(40, error.Offset);
        Assert.Contains("engine.db", error.Message, StringComparison.Ordinal);
        Assert.Throws<StoreCorruptException>(() => store.ReadLog(0).ToList());
    }

    [Fact]
    public void ReadIndexes_WithOneByteChanged_NamesTheSegment()
    {
        using var store = Reopen();
        store.Open();
        var group = new CommitGroup();
        group.Segments.Add(Segment(3, "page"));
        store.Commit(group);
        Execute("UPDATE segment_index SET body = substr(body, 1, 30) || x'07' || substr(body, 32)");
        Assert.Equal(3, Assert.Throws<StoreCorruptException>(() => store.ReadIndexes().ToList()).Offset);
    }

    [Fact]
    public void Commit_WithoutRoom_ChangesNothing_AndWorksOnceThereIsRoom()
    {
        using var store = Reopen();
        store.Open();
        var pages = Pragma(store, "PRAGMA page_count");
        Pragma(store, $"PRAGMA max_page_count = {pages}");
        var group = new CommitGroup { Checkpoint = 1 };
        group.Rows.Add(Row(0, 1, 1, 1, 5) with { Body = new byte[100_000] });
        group.Rows[0] = group.Rows[0].Sealed();
        Assert.Throws<StoreUnavailableException>(() => store.Commit(group));
        Assert.Empty(store.ReadLog(0));
        Pragma(store, "PRAGMA max_page_count = 100000");
        store.Commit(group);
        Assert.Single(store.ReadLog(0));
    }

    [Fact]
    public void Commit_WhileAnotherConnectionWrites_IsUnavailable_AndCanBeTriedAgain()
    {
        using var store = new SqliteStore(Options(TimeSpan.Zero));
        store.Open();
        var group = new CommitGroup();
        group.Rows.Add(Row(0, 1, 1, 1, 5));
        using (var other = Connect())
        {
            Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(other, "BEGIN IMMEDIATE"));
            Assert.Throws<StoreUnavailableException>(() => store.Commit(group));
        }

        store.Commit(group);
        Assert.Single(store.ReadLog(0));
    }

    [Fact]
    public void Rejects_BeyondTheirMost_DropTheOldest()
    {
        var options = Options();
        options.RejectsMax = 100;
        using var store = new SqliteStore(options);
        store.Open();
        var group = new CommitGroup();
        for (var i = 0; i < 130; i++) group.Rejects.Add(new(new(i), "http", i, "bad_json", "m", ""));
        store.Commit(group);
        Assert.Equal(
            Enumerable.Range(30, 100).Reverse(), store.ReadRejects(new(), long.MaxValue, 1_000).Select(reject => reject.Item.Index));
    }

    [Fact]
    public void Rejects_OlderThanTheyAreKept_AreDropped_ButTheNewest()
    {
        var options = Options();
        options.RejectsKept = TimeSpan.FromHours(1);
        using var store = new SqliteStore(options);
        store.Open();
        var group = new CommitGroup();
        foreach (var minute in new[] { 0, 30, 61 }) group.Rejects.Add(new(new(minute * 60_000L), "http", minute, "bad_json", "m", ""));
        store.Commit(group);
        Assert.Equal([61, 30], store.ReadRejects(new(), long.MaxValue, 10).Select(reject => reject.Item.Index));
    }

    [Theory]
    [InlineData("00:59:59", false)]
    [InlineData("01:00:00", true)]
    [InlineData("3650.00:00:00", true)]
    [InlineData("3650.00:00:01", false)]
    public void RejectsKept_OutOfItsLimits_IsNamed(string kept, bool isValid)
    {
        var options = Options();
        options.RejectsKept = TimeSpan.Parse(kept, System.Globalization.CultureInfo.InvariantCulture);
        var problems = SqliteStoreOptions.Validate(options);
        if (isValid) Assert.Empty(problems);
        else Assert.StartsWith("RejectsKept is", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(99, 4_000, 5, "RejectsMax")]
    [InlineData(10_000_001, 4_000, 5, "RejectsMax")]
    [InlineData(100, 99, 5, "WalPages")]
    [InlineData(100, 1_000_001, 5, "WalPages")]
    [InlineData(100, 100, 61, "BusyTimeout")]
    [InlineData(100, 100, -1, "BusyTimeout")]
    public void Options_OutOfLimits_AreNamed(int rejects, int pages, int seconds, string name)
    {
        var options = new SqliteStoreOptions { RejectsMax = rejects, WalPages = pages, BusyTimeout = TimeSpan.FromSeconds(seconds) };
        Assert.Contains(name, Assert.Single(SqliteStoreOptions.Validate(options)), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new SqliteStore(options));
    }

    [Fact]
    public void Options_AtTheirDefaults_AreValid() => Assert.Empty(SqliteStoreOptions.Validate(new SqliteStoreOptions()));

    private SqliteStoreOptions Options(TimeSpan? busy = null) =>
        new() { DataDirectory = _directory.FullName, BusyTimeout = busy ?? TimeSpan.FromSeconds(5) };

    // max_page_count belongs to the connection, so it is set on the store's own writer.
    private static long Pragma(IEngineStore store, string pragma) => ((SqliteStore)store).Scalar(pragma);

    private sqlite3 Connect()
    {
        Batteries_V2.Init();
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open(FilePath, out var file));
        return file;
    }

    private void Execute(string sql)
    {
        using var file = Connect();
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(file, sql));
    }
}
