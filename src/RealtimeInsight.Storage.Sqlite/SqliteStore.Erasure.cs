using System.Text.Json;
using RealtimeInsight.Engine.Erasure;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Storage.Sqlite;

/// <summary>Erased customers.</summary>
public sealed partial class SqliteStore
{
    public IReadOnlyList<EraseRow> ReadErased() => ReadAll(
        ErasureSchema.Erased,
        static _ => { },
        static row => new EraseRow((ulong)row.Long(0), (ushort)row.Int(1), row.Long(2), row.Time(3), row.Int(4) != 0));

    public long CountFreePages() => Use(static file => file.Scalar(ErasureSchema.FreePages));

    public IReadOnlyList<long> FindRejects(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var found = ReadAll(
            ErasureSchema.FindRejects,
            statement => statement.Add(JsonSerializer.Serialize(names)),
            row => RejectNames.IsIn(row.Text(1), names) || RejectNames.IsIn(row.TextOrNull(2), names) ? row.Long(0) : -1);
        return [.. found.Where(static id => id >= 0)];
    }
}
