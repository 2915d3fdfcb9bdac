using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Storage.Sqlite.Tests;

public sealed class SchemaMigrationTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("insight-migration-");

    private string FilePath => Path.Combine(_directory.FullName, "engine.db");

    public void Dispose() => _directory.Delete(recursive: true);

    public static TheoryData<int> GoldenVersions => [.. Enumerable.Range(1, SchemaSteps.Latest)];

    [Theory]
    [MemberData(nameof(GoldenVersions))]
    public async Task Open_OfAFileOfEachVersion_BringsItUp_AndNothingIsLost(int version)
    {
        File.Copy(Golden($"store-v{version}.db"), FilePath);
        using var scenario = new GoldenScenario();
        using (var store = Store())
        {
            Assert.Equal(await File.ReadAllTextAsync(Golden("store.txt")), await scenario.ReadAsync(store));
        }

        using var again = Store();
        again.Open();
        Assert.Equal(SchemaSteps.Latest, again.Scalar("PRAGMA user_version"));
        Assert.Equal(SqliteSchema.ApplicationId, again.Scalar("PRAGMA application_id"));
    }

    /// <summary>
    /// Today's code writes what the golden files say. With INSIGHT_GOLDEN_OUT set the file is left there: it is how the golden store of
    /// a new version is made.
    /// </summary>
    [Fact]
    public async Task Write_ByTodaysCode_GivesTheSameFacts()
    {
        using var scenario = new GoldenScenario();
        var facts = await scenario.WriteAsync(Store());
        if (Environment.GetEnvironmentVariable("INSIGHT_GOLDEN_OUT") is { Length: > 0 } folder)
        {
            File.Copy(FilePath, Path.Combine(folder, $"store-v{SchemaSteps.Latest}.db"), overwrite: true);
            await File.WriteAllTextAsync(Path.Combine(folder, "store.txt"), facts);
        }

        Assert.Equal(await File.ReadAllTextAsync(Golden("store.txt")), facts);
    }

    [Fact]
    public void Steps_AreNumberedWithoutGaps() =>
        Assert.Equal(Enumerable.Range(1, SchemaSteps.All.Length), SchemaSteps.All.Select(step => step.Version));

    [Fact]
    public void Run_WithAStepThatFails_KeepsTheVersionBefore_AndGoesOnLater()
    {
        using var file = OpenAtLatest();
        var next = SchemaSteps.Latest + 1;
        SchemaStep[] broken = [.. SchemaSteps.All, new(next, ["CREATE TABLE extra (x)", "CREATE TABLE extra (x)"])];
        Assert.Throws<InvalidOperationException>(() => SchemaMigration.Run(file, FilePath, SchemaSteps.Latest, broken));
        Assert.Equal(SchemaSteps.Latest, file.Scalar("PRAGMA user_version"));
        Assert.Equal(0, file.Scalar("SELECT count(*) FROM sqlite_master WHERE name = 'extra'"));

        SchemaStep[] repaired = [.. SchemaSteps.All, new(next, ["CREATE TABLE extra (x)"])];
        SchemaMigration.Run(file, FilePath, SchemaSteps.Latest, repaired);
        Assert.Equal(next, file.Scalar("PRAGMA user_version"));
    }

    [Fact]
    public void Run_WithAStepThatRewrites_KeepsACopyOfTheVersionBefore()
    {
        using var file = OpenAtLatest();
        file.Run("INSERT INTO aliases VALUES ('anon:1', 'ada', 7)");
        SchemaStep[] steps = [.. SchemaSteps.All, new(SchemaSteps.Latest + 1, ["DELETE FROM aliases"], KeepsCopy: true)];
        SchemaMigration.Run(file, FilePath, SchemaSteps.Latest, steps);
        Assert.Equal(0, file.Scalar("SELECT count(*) FROM aliases"));
        using var copy = new SqliteFile(SchemaMigration.CopyPath(FilePath, SchemaSteps.Latest), readOnly: true, TimeSpan.Zero);
        Assert.Equal(1, copy.Scalar("SELECT count(*) FROM aliases"));
        Assert.Equal(SchemaSteps.Latest, copy.Scalar("PRAGMA user_version"));
    }

    private static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", name);

    private SqliteStore Store() => new(new SqliteStoreOptions { DataDirectory = _directory.FullName });

    private SqliteFile OpenAtLatest()
    {
        using (var store = Store()) store.Open();
        return new SqliteFile(FilePath, readOnly: false, TimeSpan.Zero);
    }
}
