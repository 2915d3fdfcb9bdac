using RealtimeInsight.Domain.Time;
using SQLitePCL;

namespace RealtimeInsight.Storage.Sqlite;

/// <summary>One prepared statement. Bind, step, read; it is reset when the next use begins. Belongs to its connection's thread.</summary>
internal sealed class SqliteStatement(SqliteFile file, sqlite3_stmt handle) : IDisposable
{
    private int _next;

    public SqliteStatement Begin()
    {
        _ = raw.sqlite3_reset(handle);
        _next = 1;
        return this;
    }

    public SqliteStatement Add(long value)
    {
        file.Check(raw.sqlite3_bind_int64(handle, _next++, value));
        return this;
    }

    public SqliteStatement Add(string? value)
    {
        file.Check(value is null ? raw.sqlite3_bind_null(handle, _next++) : raw.sqlite3_bind_text(handle, _next++, value));
        return this;
    }

    public SqliteStatement Add(ReadOnlyMemory<byte> value)
    {
        file.Check(raw.sqlite3_bind_blob(handle, _next++, value.Span));
        return this;
    }

    public SqliteStatement Add(Instant value) => Add(value.UnixMs);

    /// <summary>Runs a statement that gives no rows.</summary>
    public void Run()
    {
        while (Read())
        {
        }
    }

    /// <summary>Steps to the next row; at the end the statement is reset, so that it holds no lock.</summary>
    public bool Read()
    {
        var result = raw.sqlite3_step(handle);
        if (result == raw.SQLITE_ROW) return true;
        _ = raw.sqlite3_reset(handle);
        if (result != raw.SQLITE_DONE) file.Check(result);
        return false;
    }

    /// <summary>Ends reading early.</summary>
    public void End() => _ = raw.sqlite3_reset(handle);

    public long Long(int column) => raw.sqlite3_column_int64(handle, column);

    public int Int(int column) => (int)Long(column);

    public Instant Time(int column) => new(Long(column));

    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string() ?? "";

    public string? TextOrNull(int column) =>
        raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL ? null : Text(column);

    public Instant? TimeOrNull(int column) =>
        raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL ? null : Time(column);

    public long? LongOrNull(int column) =>
        raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL ? null : Long(column);

    public int? IntOrNull(int column) =>
        raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL ? null : Int(column);

    /// <summary>Valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(handle, column);

    public void Dispose() => handle.Dispose();
}
