using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Storage.Sqlite;

/// <summary>
/// The decisions of a store with what became of them, as of one moment. Changes nothing; an engine may be running on it. Belongs to one
/// thread.
/// </summary>
public sealed class DecisionLog : IDisposable
{
    private readonly SqliteFile _file;

    private DecisionLog(SqliteFile file) => (_file, Newest) = (file, new Instant(file.Scalar(SqliteSchema.NewestMoment)));

    /// <summary>The newest moment that the store knows of: whatever was to happen before it has happened.</summary>
    public Instant Newest { get; }

    /// <param name="path">A store file: that of a data folder, or a backup.</param>
    /// <exception cref="StoreInputException">There is no such file.</exception>
    /// <exception cref="StoreVersionException">A newer program wrote it.</exception>
    /// <exception cref="StoreException">It is not a store at all, or cannot be read.</exception>
    public static DecisionLog Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var file = StoreCheck.OpenToRead(path, isSnapshot: true, out _);
        try
        {
            return new DecisionLog(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>All decisions, or those of one rule, the earliest first; lazy, one enumeration at a time.</summary>
    public IEnumerable<JudgedDecision> Read(string? rule)
    {
        // Sorting the names alone keeps the records, which are a hundred times as large, out of the sort.
        var names = new List<string>();
        for (var found = _file.Prepare(SqliteSchema.DecisionsInTime).Add(rule); found.Read();) names.Add(found.Text(0));
        foreach (var name in names)
        {
            var row = _file.Prepare(SqliteSchema.FindJudged).Add(name);
            if (!row.Read()) continue;
            var decision = new JudgedDecision(
                row.Text(0), row.Text(1), row.Time(2), row.Text(3), row.Text(4), row.TextOrNull(5), row.Blob(6).ToArray(),
                row.TextOrNull(7), row.TimeOrNull(8));
            row.End();
            yield return decision;
        }
    }

    public void Dispose() => _file.Dispose();
}

/// <summary>A decision and its outcome so far.</summary>
/// <param name="Record">UTF-8 JSON, as committed.</param>
/// <param name="Outcome">recovered or not_recovered; null while it is open.</param>
public sealed record JudgedDecision(
    string Id, string Customer, Instant DecidedAt, string Rule, string Status, string? Reason, ReadOnlyMemory<byte> Record,
    string? Outcome, Instant? OutcomeAt);
