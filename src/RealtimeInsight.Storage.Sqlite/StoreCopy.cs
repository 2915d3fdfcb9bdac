using RealtimeInsight.Engine.Storage;
using SQLitePCL;

namespace RealtimeInsight.Storage.Sqlite;

/// <param name="Pages">Pages copied so far.</param>
/// <param name="PagesTotal">Pages of the snapshot.</param>
public readonly record struct CopyProgress(long Pages, long PagesTotal);

/// <summary>
/// Copies one moment of a store into a single file, page by page, while an engine may go on writing: the copy reads a snapshot, which the
/// write-ahead log keeps until the copy is done.
/// </summary>
internal static class StoreCopy
{
    private const int PagesAtATime = 128;

    /// <summary>Writes <paramref name="target"/>, which must not exist, and brings it to the disk.</summary>
    /// <exception cref="StoreException">The source cannot be read or the target not be written; no target is left then.</exception>
    public static void Write(string source, string target, Action<CopyProgress> progress, CancellationToken cancellationToken)
    {
        try
        {
            using (var from = new SqliteFile(source, readOnly: true, TimeSpan.FromSeconds(5)))
            using (var to = new SqliteFile(target, readOnly: false, TimeSpan.Zero))
            {
                from.Run("BEGIN");
                if (SchemaMigration.Check(from, source, SchemaSteps.Latest) == 0)
                {
                    throw new StoreCorruptException(source, -1, "the file is empty");
                }

                Copy(from, to, progress, cancellationToken);
                // One file without a log of its own: it can be moved and kept as it is.
                to.Run("PRAGMA journal_mode = DELETE");
            }

            using var written = new FileStream(target, FileMode.Open, FileAccess.ReadWrite);
            written.Flush(flushToDisk: true);
        }
        catch
        {
            File.Delete(target);
            throw;
        }
    }

    private static void Copy(SqliteFile from, SqliteFile to, Action<CopyProgress> progress, CancellationToken cancellationToken)
    {
        var copy = raw.sqlite3_backup_init(to.Handle, "main", from.Handle, "main");
        if (copy.IsInvalid) to.Check(raw.sqlite3_errcode(to.Handle));
        int result;
        using (copy)
        {
            do
            {
                cancellationToken.ThrowIfCancellationRequested();
                result = raw.sqlite3_backup_step(copy, PagesAtATime);
                var total = raw.sqlite3_backup_pagecount(copy);
                progress(new CopyProgress(total - raw.sqlite3_backup_remaining(copy), total));
            }
            while (result == raw.SQLITE_OK);
        }

        if (result != raw.SQLITE_DONE) (IsReading(result) ? from : to).Check(result);
    }

    private static bool IsReading(int result) =>
        (result & 0xFF) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB || result == raw.SQLITE_IOERR_READ;
}
