using RealtimeInsight.Engine.Storage;
using Xunit.Abstractions;

namespace RealtimeInsight.Storage.Sqlite.Tests;

/// <summary>Bytes that are not what was written: found and named, never taken for data.</summary>
public sealed class StoreDamageTests(ITestOutputHelper output) : IDisposable
{
    private const int Records = 40;
    private readonly DirectoryInfo _sound = Directory.CreateTempSubdirectory("insight-sound-");
    private readonly DirectoryInfo _damaged = Directory.CreateTempSubdirectory("insight-damaged-");

    public void Dispose()
    {
        _sound.Delete(recursive: true);
        _damaged.Delete(recursive: true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20_261_122)]
    public void Read_WithOneByteOfTheFileChanged_GivesWhatWasWrittenOrFails(int seed)
    {
        WriteSound();
        var bytes = File.ReadAllBytes(In(_sound, "engine.db"));
        var draw = new Random(seed);
        var found = 0;
        for (var i = 0; i < 400; i++)
        {
            var position = draw.Next(bytes.Length);
            var changed = bytes.ToArray();
            changed[position] ^= (byte)(1 << draw.Next(8));
            File.WriteAllBytes(In(_damaged, "engine.db"), changed);
            if (!ReadsAsWritten(position)) found++;
        }

        output.WriteLine($"seed {seed}: {found} of 400 changes were refused, the others changed nothing that is read");
        Assert.InRange(found, 50, 400);
    }

    [Fact]
    public void Read_OfAFileCutShort_GivesWhatWasWrittenOrFails()
    {
        WriteSound();
        var bytes = File.ReadAllBytes(In(_sound, "engine.db"));
        for (var length = 0; length < bytes.Length; length += 1_021)
        {
            File.WriteAllBytes(In(_damaged, "engine.db"), bytes[..length]);
            if (length > 0) Assert.False(ReadsAsWritten(length), $"cut at {length} of {bytes.Length}");
        }
    }

    [Fact]
    public void Open_WithoutTheWriteAheadLog_SaysWhatIsMissing()
    {
        CutOff();
        File.Delete(In(_damaged, "engine.db-wal"));
        using var store = Store(_damaged);
        var refusal = Assert.Throws<StoreCorruptException>(store.Open);
        Assert.Contains("engine.db-wal", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("insight restore", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"up to offset {Records} had been committed", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(7)]
    public void Open_WithOneByteOfTheWriteAheadLogChanged_HasEveryRecordOrFails(int seed)
    {
        CutOff();
        var bytes = File.ReadAllBytes(In(_damaged, "engine.db-wal"));
        var database = File.ReadAllBytes(In(_damaged, "engine.db"));
        var mark = File.ReadAllBytes(In(_damaged, "engine.lock"));
        var draw = new Random(seed);
        for (var i = 0; i < 150; i++)
        {
            var position = draw.Next(bytes.Length);
            var changed = bytes.ToArray();
            changed[position] ^= (byte)(1 << draw.Next(8));
            Put(database, changed, mark);
            AssertWholeOrRefused(position);
        }
    }

    [Fact]
    public void Open_WithTheWriteAheadLogCutShort_HasEveryRecordOrFails()
    {
        CutOff();
        var bytes = File.ReadAllBytes(In(_damaged, "engine.db-wal"));
        var database = File.ReadAllBytes(In(_damaged, "engine.db"));
        var mark = File.ReadAllBytes(In(_damaged, "engine.lock"));
        for (var length = 0; length < bytes.Length; length += 4_999)
        {
            Put(database, bytes[..length], mark);
            AssertWholeOrRefused(length);
        }
    }

    [Fact]
    public void Check_OfADamagedPage_NamesItsPlaceAndWhatCanBeRead()
    {
        WriteSound();
        var path = In(_sound, "engine.db");
        var bytes = File.ReadAllBytes(path);
        var marker = StoredRows.Group(17).Rows[0].Body.Span[100..140];
        var position = bytes.AsSpan().IndexOf(marker);
        bytes[position] ^= 1;
        File.WriteAllBytes(path, bytes);

        var report = StoreCheck.Run(path, CancellationToken.None);

        Assert.Contains(report.Damages, damage => damage.Contains("offset 17", StringComparison.Ordinal));
        Assert.Equal((Records - 1, Records), (report.Records, report.NextOffset));
        Assert.Equal(Records, report.States);
    }

    [Fact]
    public void Check_OfAPageWithoutStructure_NamesTheByteOfTheFile()
    {
        WriteSound();
        var path = In(_sound, "engine.db");
        var bytes = File.ReadAllBytes(path);
        var marker = StoredRows.Group(17).Rows[0].Body.Span[100..140];
        var page = bytes.AsSpan().IndexOf(marker) / 8192 * 8192;
        bytes.AsSpan(page, 200).Fill(0xFF);
        File.WriteAllBytes(path, bytes);

        var report = StoreCheck.Run(path, CancellationToken.None);

        Assert.Contains(report.Damages, damage => damage.Contains($"byte {page} of the file", StringComparison.Ordinal));
        Assert.InRange(report.Records, Records / 2, Records - 1);
    }

    private static string In(DirectoryInfo folder, string name) => Path.Combine(folder.FullName, name);

    private static SqliteStore Store(DirectoryInfo folder) => new(new SqliteStoreOptions { DataDirectory = folder.FullName });

    private void WriteSound()
    {
        using var store = Store(_sound);
        store.Open();
        for (var offset = 0; offset < Records; offset++) store.Commit(StoredRows.Group(offset));
    }

    /// <summary>Leaves in the other folder what a process that was killed leaves: a file, its write-ahead log and the mark.</summary>
    private void CutOff()
    {
        using var store = Store(_sound);
        store.Open();
        for (var offset = 0; offset < Records; offset++) store.Commit(StoredRows.Group(offset));
        foreach (var name in new[] { "engine.db", "engine.db-wal" })
        {
            using var from = new FileStream(In(_sound, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var to = File.Create(In(_damaged, name));
            from.CopyTo(to);
        }

        store.Dispose();
        File.Copy(In(_sound, "engine.lock"), In(_damaged, "engine.lock"));
    }

    private void Put(byte[] database, byte[] log, byte[] mark)
    {
        File.WriteAllBytes(In(_damaged, "engine.db"), database);
        File.WriteAllBytes(In(_damaged, "engine.db-wal"), log);
        File.WriteAllBytes(In(_damaged, "engine.lock"), mark);
        File.Delete(In(_damaged, "engine.db-shm"));
    }

    private void AssertWholeOrRefused(int position)
    {
        using var store = Store(_damaged);
        try
        {
            Assert.Equal(Records, store.Open().NextOffset);
            AssertAsWritten(store);
        }
        catch (StoreException)
        {
            // Refused with a reason.
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"position {position}: {exception}");
        }
    }

    /// <summary>False when reading is refused, as it has to be; fails when something else is read than what was written.</summary>
    private bool ReadsAsWritten(int position)
    {
        using var store = Store(_damaged);
        try
        {
            if (store.Open().NextOffset != Records) return false;
            AssertAsWritten(store);
            return true;
        }
        catch (StoreException)
        {
            return false;
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"position {position}: {exception}");
            return false;
        }
    }

    private static ReadOnlyMemory<byte> PageOf(SqliteStore store, long segment, int page)
    {
        var bytes = ReadOnlyMemory<byte>.Empty;
        store.ReadPages([new StatePageName(segment, page)], (_, found) => bytes = found.ToArray());
        return bytes;
    }

    private static void AssertAsWritten(SqliteStore store)
    {
        var offset = 0;
        foreach (var row in store.ReadLog(0))
        {
            Assert.Equal(StoredRows.Group(offset).Rows[0].Body.ToArray(), row.Body.ToArray());
            offset++;
        }

        Assert.Equal(Records, offset);
        foreach (var index in store.ReadIndexes())
        {
            SegmentStates.Read(
                index, store.Name, page => PageOf(store, index.Number, page),
                (_, state) => Assert.Equal(StoredRows.State(index.Number), state.ToArray()), damage => throw damage);
        }
    }
}
