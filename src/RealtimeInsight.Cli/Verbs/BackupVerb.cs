using System.CommandLine;
using RealtimeInsight.Cli.Backup;
using RealtimeInsight.Host;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight backup</c>, <c>restore</c> and <c>check</c>: what an operator does with a data folder.</summary>
public static class BackupVerb
{
    /// <summary>The three verbs.</summary>
    public static IReadOnlyList<Command> CreateAll(CliConsole console)
    {
        ArgumentNullException.ThrowIfNull(console);
        return [CreateBackup(console), CreateRestore(console), CreateCheck(console)];
    }

    private static Command CreateBackup(CliConsole console)
    {
        var dataDir = DataDir("The engine's data folder; the engine may be running");
        var to = new Option<string>("--to") { Required = true, HelpName = "FILE", Description = "A new file; its folder is made" };
        var json = Json();
        var verb = new Verb(
            "backup",
            "Copy the store of a data folder, as of one moment, into one file and read it back. The engine may go on meanwhile.",
            "insight backup --data-dir /var/lib/insight --to /backup/insight.db")
        {
            dataDir, to, json,
        };
        verb.SetAction((parsed, stop) => Task.FromResult(
            new StoreJob(console, parsed.GetValue(json)).Backup(parsed.GetRequiredValue(dataDir), parsed.GetRequiredValue(to), stop)));
        return verb;
    }

    private static Command CreateRestore(CliConsole console)
    {
        var from = new Option<string>("--from") { Required = true, HelpName = "FILE", Description = "A backup" };
        var dataDir = DataDir("Folder to put the store into; no engine may be running on it");
        var force = new Option<bool>("--force") { Description = "Move aside what is in the folder" };
        var json = Json();
        var verb = new Verb(
            "restore",
            "Put a backup in the place of a data folder's store. The backup is read in full before anything is replaced.",
            "insight restore --from /backup/insight.db --data-dir /var/lib/insight",
            "insight restore --from /backup/insight.db --data-dir /var/lib/insight --force")
        {
            from, dataDir, force, json,
        };
        verb.SetAction((parsed, stop) => Task.FromResult(new StoreJob(console, parsed.GetValue(json)).Restore(
            parsed.GetRequiredValue(from), parsed.GetRequiredValue(dataDir), parsed.GetValue(force), stop)));
        return verb;
    }

    private static Command CreateCheck(CliConsole console)
    {
        var dataDir = DataDir("The engine's data folder; the engine may be running");
        var file = new Option<string?>("--file") { HelpName = "FILE", Description = "A backup, in place of a data folder" };
        var json = Json();
        var verb = new Verb(
            "check",
            "Read every page and every checksum of a store and tell what is damaged and what can be read; 1 is answered when something is.",
            "insight check --data-dir /var/lib/insight",
            "insight check --file /backup/insight.db --json")
        {
            dataDir, file, json,
        };
        verb.SetAction((parsed, stop) => Task.FromResult(new StoreJob(console, parsed.GetValue(json)).Check(
            parsed.GetValue(file) ?? SqliteStore.PathIn(parsed.GetRequiredValue(dataDir)), stop)));
        return verb;
    }

    private static Option<string> DataDir(string description) => new("--data-dir")
    {
        HelpName = "DIR",
        Description = description,
        DefaultValueFactory = _ => HostOptions.DataDirDefault,
    };

    private static Option<bool> Json() => new("--json") { Description = "End with one line of JSON on standard output" };
}
