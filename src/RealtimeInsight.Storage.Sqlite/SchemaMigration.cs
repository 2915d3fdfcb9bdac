using System.Globalization;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Storage.Sqlite;

/// <summary>
/// Brings a file to the latest version: every missing step in a transaction of its own together with its version number, so that a
/// start that is cut off goes on where it was. A new file takes the same steps.
/// </summary>
internal static class SchemaMigration
{
    /// <summary>Takes every step after the version that was found.</summary>
    public static void Run(SqliteFile file, string name, int found, IReadOnlyList<SchemaStep> steps)
    {
        foreach (var step in steps)
        {
            if (step.Version <= found) continue;
            if (found > 0 && step.KeepsCopy) Copy(file, name, step.Version - 1);
            Take(file, step);
        }
    }

    /// <summary>Path of the copy that is kept of a file of this version.</summary>
    public static string CopyPath(string name, int version) =>
        Path.ChangeExtension(name, string.Create(CultureInfo.InvariantCulture, $".v{version}.db"));

    /// <summary>The version of the file, 0 for a new one; nothing is written.</summary>
    /// <exception cref="StoreVersionException">A newer program wrote the file.</exception>
    /// <exception cref="StoreCorruptException">The file belongs to another program.</exception>
    public static int Check(SqliteFile file, string name, int known)
    {
        if (file.Scalar("PRAGMA page_count") == 0) return 0;
        var application = file.Scalar("PRAGMA application_id");
        if (application != SqliteSchema.ApplicationId)
        {
            throw new StoreCorruptException(name, -1, $"the file has application id {application:x}, not {SqliteSchema.ApplicationId:x}");
        }

        var version = file.Scalar("PRAGMA user_version");
        if (version > known) throw new StoreVersionException(name, "store version", version, known);
        return (int)version;
    }

    private static void Take(SqliteFile file, SchemaStep step)
    {
        file.Run("BEGIN IMMEDIATE");
        try
        {
            foreach (var statement in step.Statements) file.Run(statement);
            file.Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {step.Version}"));
            file.Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {SqliteSchema.ApplicationId}"));
            file.Run("COMMIT");
        }
        catch
        {
            if (file.InTransaction) file.Run("ROLLBACK");
            throw;
        }
    }

    /// <summary>Writes the copy under another name first: a copy under its own name is a whole one.</summary>
    private static void Copy(SqliteFile file, string name, int version)
    {
        var path = CopyPath(name, version);
        if (File.Exists(path)) return;
        var partial = path + ".partial";
        File.Delete(partial);
        file.Run($"VACUUM INTO '{partial.Replace("'", "''", StringComparison.Ordinal)}'");
        File.Move(partial, path);
    }
}
