using System.Globalization;
using System.Text.RegularExpressions;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Storage.Sqlite;

/// <summary>
/// Reads a whole store and tells what is damaged and what can still be read. Changes nothing; an engine may be running on it. Takes as long
/// as reading the file twice.
/// </summary>
public static partial class StoreCheck
{
    private const int DamagesMax = 100;
    private const int DamagesTold = 3;

    /// <summary>The version that brought the tables of states that are read one by one.</summary>
    private const int SegmentsSince = 3;

    /// <summary>The version since which the log need not begin with its first record.</summary>
    private const int LogStartSince = 4;

    /// <param name="path">A store file.</param>
    /// <exception cref="StoreInputException">There is no such file.</exception>
    /// <exception cref="StoreVersionException">A newer program wrote it.</exception>
    /// <exception cref="StoreException">It is not a store at all, or cannot be read.</exception>
    public static StoreReport Run(string path, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        using var file = OpenToRead(path, isSnapshot: true, out var version);
        var damages = new List<string>();
        var start = version >= LogStartSince ? file.Scalar(RetentionSchema.LogStart) : 0;
        var log = ReadLog(file, path, start, damages, cancellationToken);
        var now = version >= SegmentsSince ? ReadSegments(file, path, damages, cancellationToken) : default;
        var before = ReadSegmentsV1(file, path, damages, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        CheckPages(file, damages);
        return new StoreReport(
            path, version, log.Records, log.NextOffset, Count(file, SqliteSchema.Checkpoint, damages),
            now.Segments + before.Segments, now.States + before.States,
            Count(file, "SELECT count(*) FROM decisions", damages),
            Count(file, "SELECT count(*) FROM outbox WHERE state = 0", damages), damages);
    }

    /// <summary>What can be read of a store and where its first damage is, in a sentence; also where it cannot be read at all.</summary>
    /// <param name="known">The damage that was told already, and is not told again.</param>
    public static string Describe(string path, StoreCorruptException? known, CancellationToken cancellationToken)
    {
        try
        {
            var report = Run(path, cancellationToken);
            return report.IsSound ? report.Summary : $"{report.Summary}; damaged: {string.Join("; ", report.Damages.Take(DamagesTold))}";
        }
        catch (StoreCorruptException problem)
        {
            return problem.What == known?.What ? "Nothing can be read" : $"Nothing can be read: {problem.What}";
        }
        catch (StoreException problem)
        {
            return $"Nothing can be read: {problem.Message}";
        }
    }

    /// <exception cref="StoreInputException">There is no such file.</exception>
    internal static void Require(string path)
    {
        if (!File.Exists(path)) throw new StoreInputException($"{path}: there is no such file; name a store file");
    }

    /// <summary>Opens a store without changing it; an engine may be running on it.</summary>
    /// <param name="isSnapshot">Whether all is read as of now, whatever is committed meanwhile.</param>
    /// <exception cref="StoreInputException">There is no such file.</exception>
    /// <exception cref="StoreVersionException">A newer program wrote it.</exception>
    /// <exception cref="StoreException">It is not a store at all, or cannot be read.</exception>
    internal static SqliteFile OpenToRead(string path, bool isSnapshot, out int version)
    {
        Require(path);
        var file = new SqliteFile(path, readOnly: true, TimeSpan.FromSeconds(5));
        try
        {
            if (isSnapshot) file.Run("BEGIN");
            version = SchemaMigration.Check(file, path, SchemaSteps.Latest);
            return version > 0 ? file : throw new StoreCorruptException(path, -1, "the file is empty");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static (long Records, long NextOffset) ReadLog(
        SqliteFile file, string path, long start, List<string> damages, CancellationToken cancellationToken)
    {
        var records = 0L;
        var scan = new DamageScan(file, SqliteSchema.NextRow, damages);
        var next = start;
        while (scan.Next(out var row))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var found = SqliteSchema.LogRowOf(row);
            scan.MoveTo(Math.Max(found.FirstOffset, found.EndOffset - 1) + 1);
            if (found.FirstOffset > next)
            {
                damages.Add(string.Create(CultureInfo.InvariantCulture, $"the log has no records {next} to {found.FirstOffset - 1}"));
            }

            next = found.EndOffset;
            if (Verify(() => found.Verify(path), damages)) records += found.Count;
        }

        return (records, next);
    }

    private static (long Segments, long States) ReadSegments(
        SqliteFile file, string path, List<string> damages, CancellationToken cancellationToken)
    {
        var (segments, states) = (0L, 0L);
        var scan = new DamageScan(file, SqliteSchema.NextIndexUp, damages);
        while (scan.Next(out var row))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var index = new SegmentIndex(row.Long(0), row.Int(1), row.Blob(2).ToArray(), (uint)row.Long(3));
            scan.MoveTo(index.Number + 1);
            if (!Verify(() => index.Verify(path), damages)) continue;
            segments++;
            SegmentStates.Read(
                index, path, page => ReadPage(file, path, index.Number, page), (_, _) => states++,
                damage => Add(damages, damage.What));
        }

        return (segments, states);
    }

    private static ReadOnlyMemory<byte> ReadPage(SqliteFile file, string path, long segment, int page)
    {
        var statement = file.Prepare(SqliteSchema.FindPage).Add(SqliteSchema.PageId(segment, page));
        if (!statement.Read()) throw new StoreCorruptException(path, segment, $"state segment {segment} has no page {page}");
        var bytes = statement.Blob(0).ToArray();
        statement.End();
        return bytes;
    }

    /// <summary>Segments of version 1, where their states have not been saved again yet.</summary>
    private static (long Segments, long States) ReadSegmentsV1(
        SqliteFile file, string path, List<string> damages, CancellationToken cancellationToken)
    {
        var (segments, states) = (0L, 0L);
        var scan = new DamageScan(file, SqliteSchema.NextSegmentV1Up, damages);
        while (scan.Next(out var row))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var segment = new StateSegmentV1(row.Long(0), row.Int(1), row.Blob(2).ToArray(), (uint)row.Long(3));
            scan.MoveTo(segment.Number + 1);
            if (!Verify(() => segment.Verify(path), damages)) continue;
            segments++;
            states += segment.Count;
        }

        return (segments, states);
    }

    private static bool Verify(Action verify, List<string> damages)
    {
        try
        {
            verify();
            return true;
        }
        catch (StoreCorruptException damage)
        {
            Add(damages, damage.What);
            return false;
        }
    }

    private static long Count(SqliteFile file, string sql, List<string> damages)
    {
        try
        {
            return file.Scalar(sql);
        }
        catch (StoreCorruptException damage)
        {
            Add(damages, damage.What);
            return -1;
        }
    }

    /// <summary>SQLite's own look at the structure of every page, with the position of what it complains about.</summary>
    private static void CheckPages(SqliteFile file, List<string> damages)
    {
        try
        {
            var size = file.Scalar("PRAGMA page_size");
            var check = file.Prepare($"PRAGMA integrity_check({DamagesMax})");
            while (check.Read())
            {
                foreach (var line in check.Text(0).Split('\n').Where(IsDamage))
                {
                    var page = PageNumber().Match(line);
                    var position = page.Success ? (long.Parse(page.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - 1) * size : -1;
                    var place = position < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" (byte {position} of the file)");
                    Add(damages, line + place);
                }
            }
        }
        catch (StoreCorruptException damage)
        {
            Add(damages, damage.What);
        }
    }

    private static bool IsDamage(string line) => line is not "ok" and not "" && !line.StartsWith("***", StringComparison.Ordinal);

    private static void Add(List<string> damages, string damage)
    {
        if (damages.Count < DamagesMax && !damages.Contains(damage)) damages.Add(damage);
    }

    [GeneratedRegex(@"\b[Pp]age (\d+)")]
    private static partial Regex PageNumber();

    /// <summary>Reads a table in the order of its key and gets past pages that cannot be read.</summary>
    private sealed class DamageScan(SqliteFile file, string sql, List<string> damages)
    {
        private long _key;

        public void MoveTo(long key) => _key = Math.Max(key, _key + 1);

        /// <summary>False at the end. The row is valid until the next call.</summary>
        public bool Next(out SqliteStatement row)
        {
            if (TryRead(_key, out row, out var found)) return found;
            var (bad, step) = (_key, 1L);
            while (!TryRead(bad + step, out row, out found))
            {
                if (step > long.MaxValue / 4) return false;
                step *= 2;
            }

            // The first key that can be read lies in the last doubling.
            var good = bad + step;
            bad += step / 2;
            while (good - bad > 1)
            {
                var middle = bad + ((good - bad) / 2);
                if (TryRead(middle, out row, out found)) good = middle;
                else bad = middle;
            }

            Add(damages, string.Create(CultureInfo.InvariantCulture, $"keys {_key} to {good - 1} cannot be read: pages are damaged"));
            _key = good;
            return TryRead(_key, out row, out found) && found;
        }

        private bool TryRead(long key, out SqliteStatement row, out bool found)
        {
            row = file.Prepare(sql).Add(key);
            found = false;
            try
            {
                found = row.Read();
                return true;
            }
            catch (StoreCorruptException damage)
            {
                Add(damages, damage.What);
                return false;
            }
        }
    }
}
