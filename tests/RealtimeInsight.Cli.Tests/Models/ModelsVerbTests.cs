using System.Text.Json.Nodes;
using RealtimeInsight.Cli.Verbs;

namespace RealtimeInsight.Cli.Tests.Models;

/// <summary>The verb on the folders of an engine, and against a running one, with copies of the model that ships.</summary>
public sealed class ModelsVerbTests : IDisposable
{
    private const string AdminKey = "admin-key-1";
    private readonly DataFolder _data = new();
    private readonly DataFolder _models = new();

    public ModelsVerbTests()
    {
        Write("1");
    }

    public void Dispose()
    {
        _data.Dispose();
        _models.Dispose();
    }

    [Fact]
    public async Task Models_OnTheFolders_RegistersPromotesAndRollsBack()
    {
        Assert.Contains("behaviour/1 serves", (await LocalAsync("list")).Out, StringComparison.Ordinal);
        using var elsewhere = new DataFolder();
        Write("2", elsewhere);

        var registered = await LocalAsync("register", Path.Combine(elsewhere.Path, "behaviour", "2"), "--json");
        Assert.Equal(["2", "1"], VersionsOf(registered));
        Assert.Contains("behaviour/2 serves", (await LocalAsync("promote", "2")).Out, StringComparison.Ordinal);
        var rolledBack = await LocalAsync("rollback", "--json");

        Assert.Equal("1", (string)JsonNode.Parse(rolledBack.Out)!["champion"]!);
        Assert.True(File.Exists(Path.Combine(_data.Path, "serving.json")));
    }

    [Fact]
    public async Task Models_ABrokenVersion_IsRefusedWithItsReason()
    {
        Write("2", change: manifest => manifest["digest"] = new string('0', 64));

        var run = await LocalAsync("promote", "2");

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains("behaviour/2/model.json has digest 0000", run.Error, StringComparison.Ordinal);
        Assert.Contains("cannot serve: behaviour/2/model.json has digest", (await LocalAsync("list")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PERCENT is 101", "share", "1", "101")]
    [InlineData("give one kind", "list", "--url", "http://127.0.0.1:1")]
    public async Task Models_AWrongCommandLine_AnswersTwo(string expected, params string[] args)
    {
        var run = await LocalAsync(args);
        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_OfARunningEngine_ChangeWithoutARestart()
    {
        Write("2");
        Write("3");
        await using var host = await StartAsync();

        Assert.Contains("behaviour/3 serves", (await RemoteAsync(host, "list")).Out, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Success, (await RemoteAsync(host, "promote", "1")).ExitCode);
        Assert.Equal(ExitCodes.Success, (await RemoteAsync(host, "share", "2", "25")).ExitCode);
        var shadowed = JsonNode.Parse((await RemoteAsync(host, "shadow", "3", "100", "--json")).Out)!;
        Assert.Equal(["shadow", "challenger", "champion"], shadowed["versions"]!.AsArray().Select(version => (string)version!["role"]!));
        Assert.Equal(0.25, (double)shadowed["versions"]![1]!["share"]!);

        using var elsewhere = new DataFolder();
        Write("4", elsewhere);
        var registered = await RemoteAsync(host, "register", Path.Combine(elsewhere.Path, "behaviour", "4"), "--json");
        Assert.Equal(["4", "3", "2", "1"], VersionsOf(registered));

        var twice = await RemoteAsync(host, "share", "1", "10");
        Assert.Equal(ExitCodes.Failure, twice.ExitCode);
        Assert.Contains("Version 1 is the champion already", twice.Error, StringComparison.Ordinal);
        var keyless = await RunAsync("promote", "1", "--url", host.Address);
        Assert.Equal(ExitCodes.Failure, keyless.ExitCode);
        Assert.Contains("Send a key of Api:AdminKeys", keyless.Error, StringComparison.Ordinal);

        var held = await LocalAsync("list");
        Assert.Equal(ExitCodes.Usage, held.ExitCode);
        Assert.Contains("--url http://127.0.0.1:8080", held.Error, StringComparison.Ordinal);

        await host.KillAsync();
        await using var again = await StartAsync();
        var after = JsonNode.Parse((await RemoteAsync(again, "list", "--json")).Out)!;
        Assert.Equal("1", (string)after["champion"]!);
        Assert.Equal([null, "shadow", "challenger", "champion"], after["versions"]!.AsArray().Select(version => (string?)version!["role"]));
    }

    [Fact]
    public async Task Models_Report_OfARunningEngineAndOfItsFolder_IsOnePageWithItsFigures()
    {
        var page = Path.Combine(_data.Path, "report.html");
        await using (var host = await RunningHost.StartAsync(
            _data.Path, ["--models", _models.Path], [("REALTIME_INSIGHT_Engine__Learning__Items__IsOn", "true")]))
        {
            await EventsAsync(host);
            var run = await RunAsync("report", "--url", host.Address, "--out", page, "--customers", "3", "--json");

            Assert.True(run.ExitCode == ExitCodes.Success, run.Error);
            Assert.Contains("behaviour/1 purchase: ", run.Out, StringComparison.Ordinal);
            var json = JsonNode.Parse(run.Out.TrimEnd().Split('\n')[^1])!;
            Assert.Equal(3, (int)json["importance"]!["customers"]!);
            Assert.True((double)json["watch"]!["versions"]![0]!["drift"]!["samples"]! > 0);
            var html = await File.ReadAllTextAsync(page);
            Assert.Contains("behaviour/1, champion", html, StringComparison.Ordinal);
            Assert.Contains("Next item, recommended from the stream", html, StringComparison.Ordinal);
            Assert.True((int)json["next_item"]!["known"]! > 0);
            Assert.Contains("mean size of the exact Shapley values", html, StringComparison.Ordinal);
            Assert.DoesNotContain("http://www", html, StringComparison.Ordinal);
            Assert.DoesNotContain("src=", html, StringComparison.Ordinal);
            await host.StopAsync();
        }

        var local = await LocalAsync("report", "--out", page, "--json");
        Assert.True(local.ExitCode == ExitCodes.Success, local.Error);
        var kept = JsonNode.Parse(local.Out.TrimEnd().Split('\n')[^1])!;
        Assert.True((long)kept["watch"]!["waiting"]![2]!["open"]! > 0);
        Assert.Contains("can be asked of a running engine", await File.ReadAllTextAsync(page), StringComparison.Ordinal);
    }

    /// <summary>Three customers with open carts, now.</summary>
    private static async Task EventsAsync(RunningHost host)
    {
        using var client = new HttpClient { BaseAddress = new Uri(host.Address) };
        var events = Enumerable.Range(0, 3).Select(i => new JsonObject
        {
            ["type"] = "track",
            ["event"] = "Product Added",
            ["userId"] = $"report-{i}",
            ["messageId"] = $"report-{i}",
            ["properties"] = new JsonObject { ["product_id"] = "p1", ["price"] = 20, ["quantity"] = 1 },
        });
        using var answer = await client.PostAsync("/v1/batch", System.Net.Http.Json.JsonContent.Create(
            new JsonObject { ["writeKey"] = "demo", ["batch"] = new JsonArray([.. events.Select(one => (JsonNode)one)]) }));
        answer.EnsureSuccessStatusCode();
    }

    private Task<RunningHost> StartAsync() => RunningHost.StartAsync(
        _data.Path, ["--models", _models.Path, "--no-demo"], [("REALTIME_INSIGHT_Api__AdminKeys__0", AdminKey)]);

    private static IEnumerable<string> VersionsOf(CliRun run) =>
        JsonNode.Parse(run.Out)!["versions"]!.AsArray().Select(version => (string)version!["version"]!);

    private Task<CliRun> LocalAsync(params string[] args) =>
        RunAsync([.. args, "--data-dir", _data.Path, "--models", _models.Path]);

    private static Task<CliRun> RemoteAsync(RunningHost host, params string[] args) =>
        RunAsync([.. args, "--url", host.Address, "--key", AdminKey]);

    private static Task<CliRun> RunAsync(params string[] args) =>
        CliRun.OfAsync(static console => [ModelsVerb.Create(console)], ["models", .. args]);

    private void Write(string version, DataFolder? folder = null, Action<JsonObject>? change = null)
    {
        var from = Path.Combine(Repository.Root, "src", "models", "behaviour", "1");
        var to = Directory.CreateDirectory(Path.Combine((folder ?? _models).Path, "behaviour", version)).FullName;
        foreach (var file in (string[])["step.onnx", "fold.onnx"]) File.Copy(Path.Combine(from, file), Path.Combine(to, file));
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(from, "model.json")))!.AsObject();
        manifest["version"] = version;
        change?.Invoke(manifest);
        File.WriteAllText(Path.Combine(to, "model.json"), manifest.ToJsonString());
    }
}
