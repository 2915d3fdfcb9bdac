using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Cli.Bench;

/// <summary>
/// The bare store: log rows that an engine wrote are committed once more, to an empty store, by one thread that does nothing else. No
/// state is saved, nothing is decided, no customer is looked at.
/// </summary>
internal static class StoreLimit
{
    /// <summary>Rows that are committed once more, of the oldest of the source.</summary>
    private const int RowsMax = 1024;

    /// <summary>The rate of transactions as large as the engine's may be.</summary>
    /// <param name="source">Holds at least one row.</param>
    public static LimitRate Measure(IEngineStore source, EngineOptions options, TimeProvider time)
    {
        LogRow[] rows = [.. source.ReadLog(0).Take(RowsMax)];
        using var folder = new BenchFolder();
        using var store = new SqliteStore(new SqliteStoreOptions { DataDirectory = folder.Path });
        store.Open();
        var group = new CommitGroup();
        var bytes = 0;
        var cpu = Environment.CpuUsage.TotalTime;
        var started = time.GetTimestamp();
        foreach (var row in rows)
        {
            group.Rows.Add(row);
            bytes += row.Body.Length + row.EventHashes.Length;
            if (bytes < options.CommitBytesMax && group.Rows.Count < options.CommitUnitsMax) continue;
            Commit();
        }

        if (!group.IsEmpty) Commit();
        var events = rows.Sum(static row => (long)row.Count);
        return new LimitRate(
            events / time.GetElapsedTime(started).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / events);

        void Commit()
        {
            store.Commit(group);
            group.Clear();
            bytes = 0;
        }
    }
}
