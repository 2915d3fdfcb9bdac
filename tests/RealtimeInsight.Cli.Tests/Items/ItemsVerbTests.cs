using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeInsight.Cli.Tests.Decisions;
using RealtimeInsight.Cli.Verbs;
using RealtimeInsight.Insights.Recommendation;

namespace RealtimeInsight.Cli.Tests.Items;

public sealed class ItemsVerbTests : IDisposable
{
    private readonly DataFolder _folder = new();

    private string Out => Path.Combine(_folder.Path, "models", NextItemManifest.KindName, "1");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Train_OnAnExport_WritesAVersionThatServes()
    {
        var random = new Random(4);
        _folder.Write("looks.ndjson", [.. Enumerable.Range(0, 600).SelectMany(person => Walk(person, random))]);

        var run = await RunAsync("train", "--format", "segment-ndjson", "--data", _folder.Path, "--out", Out, "--json");

        Assert.True(run.ExitCode == ExitCodes.Success, run.Error);
        var package = NextItemPackage.Read(Out);
        Assert.Equal((30, 600), (package.Manifest.Items, package.Manifest.Sessions));
        Assert.True(package.Manifest.IsLearned);
        Assert.InRange(package.Manifest.Metrics!.HitRate, 0.5, 1);
        Assert.Equal("1", package.Load().Version);
        using var json = JsonDocument.Parse(run.OutLines[^1]);
        Assert.Equal(package.Manifest.Digest, json.RootElement.GetProperty("model").GetProperty("digest").GetString());
    }

    [Fact]
    public async Task Train_OnALogWithoutLooks_SaysWhatIsLearnedFrom()
    {
        await using (var shop = new KnownShop(_folder.Path)) await shop.ServeAsync(customers: 60);

        var run = await RunAsync("train", "--data-dir", _folder.Path, "--out", Out);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Matches("read [1-9][0-9]* events, 0 looks", run.Error);
        Assert.Contains("nothing follows anything", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_OnAnEngineThatLogsNoEvents_NamesTheSettingAndTheCure()
    {
        await using (var shop = new KnownShop(_folder.Path) { KeepsLog = false }) await shop.ServeAsync(customers: 60);

        var run = await RunAsync("train", "--data-dir", _folder.Path, "--out", Out);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("its log holds no events", run.Error, StringComparison.Ordinal);
        Assert.Contains("start it with Engine:KeepLog=true", run.Error, StringComparison.Ordinal);
        Assert.Contains("train on an export, with --data and --format", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Out));
    }

    [Theory]
    [InlineData("give --data-dir of an engine, or --data", "--out", "x/1")]
    [InlineData("--data and --format go together", "--data", ".", "--out", "x/1")]
    [InlineData("--sessions-max 5: give 100 to", "--data-dir", ".", "--out", "x/1", "--sessions-max", "5")]
    [InlineData("there is no such file", "--data-dir", "no-such-folder", "--out", "x/1")]
    public async Task Train_WrongOptions_AreNamedAndAnswerTwo(string expected, params string[] options)
    {
        var run = await RunAsync(["train", .. options]);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    /// <summary>A session along a row of ten items.</summary>
    private static IEnumerable<string> Walk(int person, Random random)
    {
        var (row, place) = (random.Next(3), random.Next(10));
        for (var step = 0; step < 4; step++)
        {
            var at = DateTimeOffset.UnixEpoch.AddDays(20_000).AddMinutes(person * 5).AddSeconds(step * 20);
            yield return new JsonObject
            {
                ["type"] = "track", ["event"] = "Product Viewed", ["messageId"] = $"m{person}-{step}", ["userId"] = $"u{person}",
                ["timestamp"] = at.ToString("O", CultureInfo.InvariantCulture),
                ["properties"] = new JsonObject { ["product_id"] = $"p{(row * 10) + place}", ["category"] = $"c{row}" },
            }.ToJsonString();
            place = (place + 1 + random.Next(2)) % 10;
        }
    }

    private static Task<CliRun> RunAsync(params string[] args) =>
        CliRun.OfAsync(static console => [ItemsVerb.Create(console, root: null)], ["items", .. args]);
}
