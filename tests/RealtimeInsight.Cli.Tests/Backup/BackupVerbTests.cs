using System.Text.Json;
using RealtimeInsight.Cli.Verbs;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Cli.Tests.Backup;

public sealed class BackupVerbTests : IDisposable
{
    private readonly DataFolder _folder = new();

    private string Store => SqliteStore.PathIn(_folder.Path);

    private string Missing => Path.Combine(_folder.Path, "missing");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Check_OfATruncatedStore_EndsWithTheProblemInJson()
    {
        WriteStore();
        using (var file = File.OpenWrite(Store)) file.SetLength(5_000);

        var run = await RunAsync("check", "--data-dir", _folder.Path, "--json");

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        using var json = JsonDocument.Parse(run.OutLines[^1]);
        Assert.False(json.RootElement.GetProperty("readable").GetBoolean());
        Assert.Equal(5_000, json.RootElement.GetProperty("bytes").GetInt64());
        Assert.Contains(Store, json.RootElement.GetProperty("problem").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BackupRestoreAndCheck_OfWhatIsMissing_AnswerTwo_AndMakeNothing()
    {
        string[][] lines =
        [
            ["backup", "--data-dir", Missing, "--to", Missing + ".db"],
            ["restore", "--from", Missing + ".db", "--data-dir", Missing],
            ["check", "--data-dir", Missing, "--json"],
            ["check", "--file", Missing],
        ];
        foreach (var line in lines)
        {
            var run = await RunAsync(line);
            Assert.Equal(ExitCodes.Usage, run.ExitCode);
            Assert.Contains(Missing, run.Error, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task BackupAndRestore_OntoWhatIsThere_AnswerTwo()
    {
        WriteStore();

        Assert.Equal(ExitCodes.Usage, (await RunAsync("backup", "--data-dir", _folder.Path, "--to", Store)).ExitCode);
        Assert.Equal(ExitCodes.Usage, (await RunAsync("restore", "--from", Store, "--data-dir", _folder.Path)).ExitCode);
    }

    private void WriteStore()
    {
        using var store = new SqliteStore(new SqliteStoreOptions { DataDirectory = _folder.Path });
        store.Open();
    }

    private static Task<CliRun> RunAsync(params string[] args) => CliRun.OfAsync(BackupVerb.CreateAll, args);
}
