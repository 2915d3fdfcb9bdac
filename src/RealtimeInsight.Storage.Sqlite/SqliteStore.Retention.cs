using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Storage.Sqlite;

/// <summary>What is old enough to go.</summary>
public sealed partial class SqliteStore
{
    public Instant NewestEventTime() => Use(file =>
    {
        var statement = file.Prepare(RetentionSchema.NewestEvent);
        var newest = statement.Read() ? statement.TimeOrNull(0) ?? Instant.None : Instant.None;
        statement.End();
        return newest;
    });

    public long FindOldRows(long from, Instant before, long below, int rowsMax) => Use(file =>
    {
        var statement = file.Prepare(RetentionSchema.OldRows).Add(from).Add(rowsMax + 1L);
        var end = from;
        while (statement.Read())
        {
            end = statement.Long(0);
            if (end + statement.Int(1) > below || statement.TimeOrNull(2) >= before) break;
        }

        statement.End();
        return end;
    });

    public IReadOnlyList<string> ReadOldDecisions(Instant before, int limit) => ReadAll(
        RetentionSchema.OldDecisions, statement => statement.Add(before).Add(limit), static row => row.Text(0));

    public IReadOnlyList<SettledAction> ReadSettled(Instant before, int limit) => ReadAll(
        RetentionSchema.Settled,
        statement => statement.Add(before).Add(limit),
        static row => new SettledAction(row.Text(0), (OutboxState)row.Int(1)));
}
