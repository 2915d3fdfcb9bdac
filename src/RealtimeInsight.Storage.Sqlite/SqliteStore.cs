using System.Collections.Concurrent;
using System.Globalization;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Storage.Sqlite;

/// <summary>
/// The store in one SQLite file: write-ahead log, synchronous FULL, one writing connection, reading connections beside it. A lock
/// file keeps a second process out.
/// </summary>
public sealed partial class SqliteStore : IEngineStore
{
    /// <summary>A file of this ending is a restore that was cut off: what stands under the store's name may be anything.</summary>
    internal const string IncomingSuffix = ".restoring";

    private const int ReadersMax = 8;
    private readonly SqliteStoreOptions _options;
    private readonly ConcurrentBag<SqliteFile> _readers = [];
    private DirectoryLock? _lock;
    private SqliteFile? _writer;
    private WalCheckpointer? _checkpointer;
    private volatile bool _disposed;

    /// <exception cref="ArgumentException">A setting is out of its limits.</exception>
    public SqliteStore(SqliteStoreOptions options)
    {
        var problems = SqliteStoreOptions.Validate(options);
        if (problems.Count > 0) throw new ArgumentException(string.Join("; ", problems), nameof(options));
        _options = options;
        Name = PathIn(options.DataDirectory);
    }

    public string Name { get; }

    /// <summary>The store's file in a data folder.</summary>
    public static string PathIn(string dataDirectory) => Path.Combine(Path.GetFullPath(dataDirectory), "engine.db");

    private SqliteFile Writer => _writer ?? throw new InvalidOperationException("the store is not open; call Open first");

    public StoreHead Open()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_writer is not null) throw new InvalidOperationException("the store is open already; open it once");
        _lock = DirectoryLock.Take(Path.GetDirectoryName(Name)!);
        try
        {
            if (File.Exists(Name + IncomingSuffix))
            {
                throw new StoreUnavailableException($"{Name}: a restore was cut off; run 'insight restore' again with --force");
            }

            _writer = new SqliteFile(Name, readOnly: false, _options.BusyTimeout);
            var found = SchemaMigration.Check(_writer, Name, SchemaSteps.Latest);
            Prepare(_writer);
            SchemaMigration.Run(_writer, Name, found, SchemaSteps.All);
            // The tables are in the file itself from then on, whatever becomes of the log beside it.
            if (found < SchemaSteps.Latest) _writer.Run("PRAGMA wal_checkpoint(TRUNCATE)");
            var head = new StoreHead(
                _writer.Scalar(SqliteSchema.NextOffset),
                _writer.Scalar(SqliteSchema.Checkpoint),
                _writer.Scalar(SqliteSchema.NextSegment))
            {
                LogStart = _writer.Scalar(RetentionSchema.LogStart),
            };
            CheckMark(head.NextOffset);
            _checkpointer = new WalCheckpointer(_writer, Name, _options.WalPages, _options.BusyTimeout);
            return head;
        }
        catch
        {
            Close();
            throw;
        }
    }

    public void Commit(CommitGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        var file = Writer;
        try
        {
            file.Run("BEGIN IMMEDIATE");
            SqliteWriter.Write(file, group, _options);
            file.Run("COMMIT");
        }
        catch
        {
            // SQLite has already rolled back after some errors (disk full, I/O); after the others it is done here.
            if (file.InTransaction) file.Run("ROLLBACK");
            throw;
        }

        if (group.Rows.Count > 0) Mark(group.Rows[^1].EndOffset);
        _checkpointer!.Committed();
    }

    public IEnumerable<LogRow> ReadLog(long fromOffset)
    {
        var row = FindRow(fromOffset);
        // Rows follow each other: one that a damaged page leaves out is not passed over.
        fromOffset = row?.FirstOffset ?? Math.Max(fromOffset, Use(static file => file.Scalar(RetentionSchema.LogStart)));
        while (true)
        {
            row ??= Read(SqliteSchema.NextRow, statement => statement.Add(fromOffset), ReadRow);
            if (row is null) yield break;
            if (row.FirstOffset != fromOffset)
            {
                throw new StoreCorruptException(Name, fromOffset, string.Create(
                    CultureInfo.InvariantCulture, $"the log has no records {fromOffset} to {row.FirstOffset - 1}"));
            }

            yield return row;
            fromOffset = row.EndOffset;
            row = null;
        }
    }

    public LogRow? FindRow(long offset)
    {
        var row = Read(SqliteSchema.FindRow, statement => statement.Add(offset), ReadRow);
        return row is not null && row.Holds(offset) ? row : null;
    }

    public bool ContainsEvent(ulong hash, Instant from, Instant to) => Use(file =>
    {
        var statement = file.Prepare(SqliteSchema.EventsInTime).Add(from).Add(to);
        var found = false;
        while (!found && statement.Read()) found = LogRow.HasEvent(statement.Blob(0), hash);
        statement.End();
        return found;
    });

    public IEnumerable<SegmentIndex> ReadIndexes()
    {
        var below = long.MaxValue;
        while (Read(SqliteSchema.NextLowerIndex, statement => statement.Add(below), ReadIndex) is { } index)
        {
            index.Verify(Name);
            below = index.Number;
            yield return index;
        }
    }

    public void ReadPages(IReadOnlyList<StatePageName> pages, StatePageReader read)
    {
        ArgumentNullException.ThrowIfNull(pages);
        ArgumentNullException.ThrowIfNull(read);
        _ = Use(file =>
        {
            // One transaction for all: each statement alone would take and give back the read lock.
            if (pages.Count > 1) file.Run("BEGIN");
            for (var i = 0; i < pages.Count; i++)
            {
                var statement = file.Prepare(SqliteSchema.FindPage).Add(SqliteSchema.PageId(pages[i].Segment, pages[i].Page));
                if (!statement.Read())
                {
                    throw new StoreCorruptException(
                        Name, pages[i].Segment, $"state segment {pages[i].Segment} has no page {pages[i].Page}");
                }

                read(i, statement.Blob(0));
                statement.End();
            }

            if (pages.Count > 1) file.Run("COMMIT");
            return pages.Count;
        });
    }

    public IEnumerable<StateSegmentV1> ReadSegmentsV1()
    {
        var below = long.MaxValue;
        while (Read(SqliteSchema.NextLowerSegmentV1, statement => statement.Add(below), ReadSegmentV1) is { } segment)
        {
            segment.Verify(Name);
            below = segment.Number;
            yield return segment;
        }
    }

    public IEnumerable<AliasRow> ReadAliases() =>
        ReadAll(SqliteSchema.Aliases, static _ => { }, static row => new AliasRow(row.Text(0), row.Text(1), row.Long(2)));

    public DecisionRow? FindDecision(string decisionId) => Read(
        SqliteSchema.FindDecision,
        statement => statement.Add(decisionId),
        static row => new DecisionRow(row.Text(0), row.Text(1), row.Time(2), row.Text(3), row.Text(4), row.TextOrNull(5), row.Text(6),
            row.TextOrNull(7), row.Blob(8).ToArray()));

    public DecisionProgress FindProgress(string decisionId) =>
        Read(
            SqliteSchema.FindProgress,
            statement => statement.Add(decisionId),
            static row => new DecisionProgress(row.TextOrNull(0), (OutboxState?)row.IntOrNull(1), row.IntOrNull(2) ?? 0))
        ?? new DecisionProgress(null, null, 0);

    public IReadOnlyList<DeliveryAttempt> ReadAttempts(string decisionId) => ReadAll(
        SqliteSchema.Attempts,
        statement => statement.Add(decisionId),
        static row => new DeliveryAttempt(row.Int(0), row.Time(1), row.Text(2), row.IntOrNull(3), row.TextOrNull(4), row.LongOrNull(5)));

    public IReadOnlyList<OutboxRow> ReadDueOutbox(string channel, Instant now, int limit) => ReadAll(
        SqliteSchema.DueOutbox,
        statement => statement.Add(channel).Add(now).Add(limit),
        ReadOutbox);

    public Instant NextOutboxDue(string channel) => Use(file =>
    {
        var statement = file.Prepare(SqliteSchema.NextOutboxDue).Add(channel);
        var due = statement.Read() ? statement.Time(0) : Instant.Never;
        statement.End();
        return due;
    });

    public OutboxCounts CountOutbox()
    {
        var counts = new long[3];
        foreach (var (state, count) in ReadAll(SqliteSchema.CountOutbox, static _ => { }, static row => (row.Int(0), row.Long(1))))
        {
            counts[state] = count;
        }

        return new OutboxCounts(counts[(int)OutboxState.Pending], counts[(int)OutboxState.Delivered], counts[(int)OutboxState.Dead]);
    }

    /// <summary>One value from the writing connection; for checks and maintenance.</summary>
    internal long Scalar(string sql) => Writer.Scalar(sql);

    public void Dispose()
    {
        _disposed = true;
        Close();
    }

    /// <summary>SQLite takes a log that was cut short for a whole one: only the mark tells.</summary>
    private void CheckMark(long nextOffset)
    {
        var committed = _lock!.Committed;
        if (nextOffset < committed)
        {
            throw new StoreCorruptException(Name, nextOffset, string.Create(CultureInfo.InvariantCulture,
                $"the log ends at offset {nextOffset}, and records up to offset {committed} had been committed: {Name}-wal was removed or "
                + $"damaged, or an older file was put in its place"));
        }

        Mark(nextOffset);
    }

    private void Mark(long nextOffset)
    {
        try
        {
            _lock!.Commit(nextOffset);
        }
        catch (IOException)
        {
            // The older mark is still true, and what was committed is.
        }
    }

    private static void Prepare(SqliteFile file)
    {
        // The size of a page is settled by the first write, which the next setting may be.
        if (file.Scalar("PRAGMA page_count") == 0) file.Run("PRAGMA page_size = 8192");
        file.Run("PRAGMA journal_mode = WAL");
        file.Run("PRAGMA synchronous = FULL");
        // What is deleted is overwritten where its page is written anyway; an erasure sees to the pages that have become free.
        file.Run(SqliteEraser.OverwriteInPages);
    }

    private LogRow ReadRow(SqliteStatement row)
    {
        var read = SqliteSchema.LogRowOf(row);
        read.Verify(Name);
        return read;
    }

    private static SegmentIndex ReadIndex(SqliteStatement row) =>
        new(row.Long(0), row.Int(1), row.Blob(2).ToArray(), (uint)row.Long(3));

    private static StateSegmentV1 ReadSegmentV1(SqliteStatement row) =>
        new(row.Long(0), row.Int(1), row.Blob(2).ToArray(), (uint)row.Long(3));

    private T? Read<T>(string sql, Action<SqliteStatement> bind, Func<SqliteStatement, T> read)
        where T : class => Use(file =>
    {
        var statement = file.Prepare(sql);
        bind(statement);
        var value = statement.Read() ? read(statement) : null;
        statement.End();
        return value;
    });

    private List<T> ReadAll<T>(string sql, Action<SqliteStatement> bind, Func<SqliteStatement, T> read) => Use(file =>
    {
        var statement = file.Prepare(sql);
        bind(statement);
        var rows = new List<T>();
        while (statement.Read()) rows.Add(read(statement));
        return rows;
    });

    private T Use<T>(Func<SqliteFile, T> read)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_readers.TryTake(out var file)) file = new SqliteFile(Name, readOnly: true, _options.BusyTimeout);
        T value;
        try
        {
            value = read(file);
        }
        catch
        {
            // A connection that failed half way through a statement is not used again.
            file.Dispose();
            throw;
        }

        if (_disposed || _readers.Count >= ReadersMax) file.Dispose();
        else _readers.Add(file);
        return value;
    }

    private void Close()
    {
        _checkpointer?.Dispose();
        _checkpointer = null;
        while (_readers.TryTake(out var reader)) reader.Dispose();
        _writer?.Dispose();
        _writer = null;
        _lock?.Dispose();
        _lock = null;
    }
}
