using RealtimeInsight.Engine.Storage;
using SQLitePCL;

namespace RealtimeInsight.Storage.Sqlite;

/// <summary>One connection to the database file, used by one thread at a time; keeps its prepared statements.</summary>
internal sealed class SqliteFile : IDisposable
{
    /// <summary>SQLITE_DBSTATUS_CACHE_WRITE.</summary>
    private const int PagesWritten = 9;

    private readonly string _path;
    private readonly sqlite3 _handle;
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    static SqliteFile() => Batteries_V2.Init();

    public SqliteFile(string path, bool readOnly, TimeSpan busyTimeout)
    {
        _path = path;
        var flags = raw.SQLITE_OPEN_NOMUTEX | (readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);
        var result = raw.sqlite3_open_v2(path, out _handle, flags, null);
        try
        {
            Check(result);
            Check(raw.sqlite3_extended_result_codes(_handle, 1));
            Check(raw.sqlite3_busy_timeout(_handle, (int)busyTimeout.TotalMilliseconds));
        }
        catch
        {
            _handle.Dispose();
            throw;
        }
    }

    public sqlite3 Handle => _handle;

    /// <summary>True between BEGIN and COMMIT or ROLLBACK.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>The prepared statement of this text, ready to bind.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            var result = raw.sqlite3_prepare_v2(_handle, sql, out var handle);
            if ((result & 0xFF) == raw.SQLITE_ERROR)
            {
                throw new StoreCorruptException(
                    _path, -1, $"the tables are not those of a store: {raw.sqlite3_errmsg(_handle).utf8_to_string()}");
            }

            Check(result);
            _statements[sql] = statement = new SqliteStatement(this, handle);
        }

        return statement.Begin();
    }

    public void Run(string sql) => Prepare(sql).Run();

    public long Scalar(string sql)
    {
        var statement = Prepare(sql);
        var value = statement.Read() ? statement.Long(0) : 0;
        statement.End();
        return value;
    }

    /// <summary>Rows that the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>Pages that this connection has written to the write-ahead log since the last call.</summary>
    public int TakePagesWritten()
    {
        Check(raw.sqlite3_db_status(_handle, PagesWritten, out var pages, out _, 1));
        return pages;
    }

    /// <summary>
    /// Folds as much of the write-ahead log into the file as readers allow, without waiting for anybody. Returns the pages that are left;
    /// null when it could not be done now.
    /// </summary>
    public int? Checkpoint()
    {
        var result = raw.sqlite3_wal_checkpoint_v2(_handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out var pages, out var done);
        return result == raw.SQLITE_OK ? pages - done : null;
    }

    public void Check(int result)
    {
        if (result is raw.SQLITE_OK or raw.SQLITE_DONE or raw.SQLITE_ROW) return;
        var what = $"SQLite answered {result} ({raw.sqlite3_errstr(result & 0xFF).utf8_to_string()})";
        throw (result & 0xFF) switch
        {
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new StoreCorruptException(_path, -1, what),
            raw.SQLITE_FULL => new StoreUnavailableException($"{_path}: {what}; free some disk space, writing is tried again"),
            raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_AUTH => new StoreUnavailableException(
                $"{_path}: {what}; give this process read and write access to the file and its folder"),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_IOERR or raw.SQLITE_NOMEM or raw.SQLITE_PROTOCOL or raw.SQLITE_INTERRUPT =>
                new StoreUnavailableException($"{_path}: {what}; writing is tried again"),
            // A statement that the file refuses is refused again: trying on would hide it.
            _ => new InvalidOperationException($"{_path}: {what}: {raw.sqlite3_errmsg(_handle).utf8_to_string()}"),
        };
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        _statements.Clear();
        _handle.Dispose();
    }
}
