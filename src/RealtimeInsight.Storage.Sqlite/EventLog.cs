using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Storage.Sqlite;

/// <summary>The events of a store's log, in the order of their commits. Changes nothing; an engine may be running on it.</summary>
public static class EventLog
{
    /// <summary>Lazy; rows are verified as they are read. Events keep the id that they were sent under.</summary>
    /// <param name="path">A store file: that of a data folder, or a backup.</param>
    /// <exception cref="StoreInputException">There is no such file.</exception>
    /// <exception cref="StoreException">It is not a store, of a newer version, damaged, or cannot be read.</exception>
    public static IEnumerable<CustomerEvent> Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        StoreCheck.Require(path);
        return ReadRows(path);
    }

    private static IEnumerable<CustomerEvent> ReadRows(string path)
    {
        using var file = StoreCheck.OpenToRead(path, isSnapshot: false, out _);
        var events = new List<CustomerEvent>();
        for (var next = 0L; ;)
        {
            var row = file.Prepare(SqliteSchema.NextRow).Add(next);
            if (!row.Read()) yield break;
            var found = SqliteSchema.LogRowOf(row);
            row.End();
            found.Verify(path);
            next = found.EndOffset;
            events.Clear();
            Decode(found, path, events);
            foreach (var item in events) yield return item;
        }
    }

    private static void Decode(LogRow row, string path, List<CustomerEvent> events)
    {
        var reader = new LogRecordReader(row.Body.Span, path);
        while (reader.TryRead(out var record))
        {
            if (LoggedEvent.Is(record.Kind)) events.Add(LoggedEvent.Read(record.Kind, record.Payload).Event);
        }
    }
}
