using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Storage.Sqlite.Tests;

public sealed class StoreBackupTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("insight-backup-");

    private string Data => Path.Combine(_folder.FullName, "data");

    private string Other => Path.Combine(_folder.FullName, "other");

    private string Aside => Path.Combine(Other, "aside");

    private string File1 => Path.Combine(_folder.FullName, "backups", "one.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Backup_UnderLoad_IsOneMoment_AndDoesNotHoldUpCommits()
    {
        using var store = Store(Data);
        store.Open();
        for (var offset = 0; offset < 300; offset++) store.Commit(StoredRows.Group(offset, bytes: 6_000));
        using var stop = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var during = 0;
        var writing = Task.Run(() =>
        {
            for (var offset = 300; !stop.IsCancellationRequested; offset++)
            {
                store.Commit(StoredRows.Group(offset));
                begun.TrySetResult();
                during++;
            }
        });
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var before = during;
        var seen = new List<CopyProgress>();
        // Commits go on between two steps of the copy: each step waits for one.
        var backup = StoreBackup.Write(Data, File1, progress =>
        {
            seen.Add(progress);
            var now = Volatile.Read(ref during);
            SpinWait.SpinUntil(() => Volatile.Read(ref during) > now, TimeSpan.FromSeconds(30));
        }, CancellationToken.None);
        await stop.CancelAsync();
        await writing;

        Assert.True(during > before + 1, "nothing was committed during the backup");
        Assert.True(seen.Count > 1);
        Assert.Equal(seen[^1].PagesTotal, seen[^1].Pages);
        Assert.True(backup.IsSound);
        Assert.InRange(backup.NextOffset, 301, store.ReadLog(0).Count());
        Assert.Equal(backup.NextOffset, backup.Records);
        Assert.Equal(backup.Records, backup.States);
    }

    [Fact]
    public void Restore_OfABackup_GivesTheStoreAsItWas()
    {
        Fill(Data, 50);
        StoreBackup.Write(Data, File1, _ => { }, CancellationToken.None);
        Fill(Data, 60, from: 50);

        var report = StoreBackup.Restore(File1, Other, replaces: false, Aside, _ => { }, CancellationToken.None);

        Assert.Equal(50, report.NextOffset);
        using var store = Store(Other);
        Assert.Equal(50, store.Open().NextOffset);
        Assert.Equal(StoredRows.Group(49).Rows[0].Body.ToArray(), store.FindRow(49)!.Body.ToArray());
        store.Commit(StoredRows.Group(50));
    }

    [Fact]
    public void Restore_IntoAFolderThatHoldsSomething_IsRefused_AndMovesItAsideWithForce()
    {
        Fill(Data, 50);
        StoreBackup.Write(Data, File1, _ => { }, CancellationToken.None);
        Fill(Other, 90);
        var refusal = Assert.Throws<StoreInputException>(() => Restore(replaces: false));
        Assert.Contains("--force", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("engine.db", refusal.Message, StringComparison.Ordinal);

        Restore(replaces: true);

        using (var store = Store(Other)) Assert.Equal(50, store.Open().NextOffset);
        Assert.Equal(90, StoreCheck.Run(Path.Combine(Aside, "engine.db"), CancellationToken.None).NextOffset);
    }

    [Fact]
    public void Restore_UnderARunningEngine_IsRefused()
    {
        Fill(Data, 5);
        StoreBackup.Write(Data, File1, _ => { }, CancellationToken.None);
        using var running = Store(Other);
        running.Open();
        var refusal = Assert.Throws<StoreUnavailableException>(() => Restore(replaces: true));
        Assert.Contains("engine.lock", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Restore_OfADamagedBackup_ReplacesNothing()
    {
        Fill(Data, 50);
        StoreBackup.Write(Data, File1, _ => { }, CancellationToken.None);
        var bytes = File.ReadAllBytes(File1);
        bytes[bytes.AsSpan().IndexOf(StoredRows.Group(20).Rows[0].Body.Span[..50])] ^= 4;
        File.WriteAllBytes(File1, bytes);
        Fill(Other, 7);

        var refusal = Assert.Throws<StoreCorruptException>(() => Restore(replaces: true));

        Assert.Contains("offset 20", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("nothing was replaced", refusal.Message, StringComparison.Ordinal);
        using var store = Store(Other);
        Assert.Equal(7, store.Open().NextOffset);
        Assert.False(Directory.Exists(Aside));
    }

    [Fact]
    public void Restore_OfANewerVersion_NamesBothVersions()
    {
        Fill(Data, 5);
        StoreBackup.Write(Data, File1, _ => { }, CancellationToken.None);
        using (var file = new SqliteFile(File1, readOnly: false, TimeSpan.Zero)) file.Run("PRAGMA user_version = 99");
        var refusal = Assert.Throws<StoreVersionException>(() => Restore(replaces: false));
        Assert.Equal((99, SchemaSteps.Latest), (refusal.Found, refusal.Known));
    }

    [Fact]
    public void Open_AfterARestoreThatWasCutOff_SaysSo_UntilItIsDoneAgain()
    {
        Fill(Data, 5);
        StoreBackup.Write(Data, File1, _ => { }, CancellationToken.None);
        Fill(Other, 7);
        File.Move(Path.Combine(Other, "engine.db"), Path.Combine(Other, "engine.db.restoring"));
        using (var store = Store(Other))
        {
            Assert.Contains("insight restore", Assert.Throws<StoreUnavailableException>(store.Open).Message, StringComparison.Ordinal);
        }

        Restore(replaces: true);
        using var restored = Store(Other);
        Assert.Equal(5, restored.Open().NextOffset);
    }

    [Fact]
    public void Backup_WithoutAStore_OrOntoAFile_IsRefused()
    {
        Directory.CreateDirectory(Data);
        Assert.Throws<StoreInputException>(() => StoreBackup.Write(Data, File1, _ => { }, CancellationToken.None));
        Fill(Data, 3);
        StoreBackup.Write(Data, File1, _ => { }, CancellationToken.None);
        var refusal = Assert.Throws<StoreInputException>(() => StoreBackup.Write(Data, File1, _ => { }, CancellationToken.None));
        Assert.Contains("exists already", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backup_OfADamagedStore_IsNotKept()
    {
        Fill(Data, 50);
        var path = Path.Combine(Data, "engine.db");
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().IndexOf(StoredRows.Group(20).Rows[0].Body.Span[..50])] ^= 4;
        File.WriteAllBytes(path, bytes);
        Assert.Throws<StoreCorruptException>(() => StoreBackup.Write(Data, File1, _ => { }, CancellationToken.None));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(File1)!));
    }

    private static SqliteStore Store(string folder) => new(new SqliteStoreOptions { DataDirectory = folder });

    private static void Fill(string folder, int to, int from = 0)
    {
        using var store = Store(folder);
        store.Open();
        for (var offset = from; offset < to; offset++) store.Commit(StoredRows.Group(offset));
    }

    private void Restore(bool replaces) => StoreBackup.Restore(File1, Other, replaces, Aside, _ => { }, CancellationToken.None);
}
