using System.Text.Json;
using RealtimeInsight.Cli.Replay;
using RealtimeInsight.Cli.Verbs;

namespace RealtimeInsight.Cli.Tests.Replay;

/// <summary>The verb over the engine, model and policy that ship, on small hand-made files.</summary>
public sealed class EngineReplayTests : IDisposable
{
    private const string Header = "timestamp_unix_s,user_id,session_id,event_type,item_id,category_id";

    /// <summary>2026-03-02 12:00 UTC.</summary>
    private const long Start = 1772452800;

    private readonly DataFolder _folder = new();
    private readonly DataFolder _data = new();

    public void Dispose()
    {
        _folder.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task Replay_TwoCarts_EndAbandonedAndConvertedAfterTimeHasRunOn()
    {
        WriteShop();

        var summary = await ReplayAsync();

        Assert.Equal(6, Count(summary, "read"));
        Assert.Equal(2, Count(summary, "customers"));
        Assert.Equal(3, Count(summary, "sessions"));
        Assert.Equal(2, Count(summary, "carts_opened"));
        Assert.Equal(1, Count(summary, "carts_abandoned"));
        Assert.Equal(1, Count(summary, "carts_converted"));
        Assert.Equal(0, Count(summary, "carts_open"));
        Assert.Equal(6, Count(summary, "scores"));
        Assert.StartsWith("behaviour/", summary.GetProperty("model").GetString(), StringComparison.Ordinal);
        Assert.Equal(Count(summary, "actions"), Count(summary, "actions_delivered"));
        var byRule = summary.GetProperty("actions_by_rule").EnumerateObject().Sum(rule => rule.Value.GetInt64());
        Assert.Equal(Count(summary, "actions"), byRule);
    }

    [Fact]
    public async Task Replay_IntoTheSameFolderAgain_IsAllDuplicates()
    {
        WriteShop();
        await ReplayAsync();

        var again = await ReplayAsync();

        Assert.Equal((6, 0, 6), (Count(again, "read"), Count(again, "accepted"), Count(again, "duplicates")));
        Assert.Equal(2, Count(again, "customers"));
        Assert.Equal(0, Count(again, "actions"));
    }

    [Fact]
    public async Task Replay_MoreOfTheSameFile_GoesOnWhereItWas()
    {
        WriteShop();
        await ReplayAsync("--limit", "3");

        var rest = await ReplayAsync();

        Assert.Equal((6, 3, 3), (Count(rest, "read"), Count(rest, "accepted"), Count(rest, "duplicates")));
        Assert.Equal(1, Count(rest, "carts_abandoned"));
        Assert.Equal(1, Count(rest, "carts_converted"));
    }

    [Fact]
    public async Task Replay_PolicyFileThatIsWrong_IsExplainedAndAnswersTwo()
    {
        WriteShop();
        var policy = _folder.WriteText("policy.yaml", "name: broken\nrules: 5\n");

        var run = await RunAsync("--policy", policy);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("policy.yaml is not valid", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_ModelsFolderWithoutModel_GoesOnDegraded()
    {
        WriteShop();
        var models = Directory.CreateDirectory(Path.Combine(_folder.Path, "models")).FullName;

        var summary = await ReplayAsync("--models", models);

        Assert.Equal(JsonValueKind.Null, summary.GetProperty("model").ValueKind);
        Assert.Equal((6, 0, 6), (Count(summary, "accepted"), Count(summary, "scores"), Count(summary, "scores_degraded")));
    }

    /// <summary>Anna leaves her cart behind; Ben buys, in a second session of the same day.</summary>
    private void WriteShop() => _folder.Write("events.csv", Header,
        $"{Start},anna,1,view,7,4",
        $"{Start + 60},anna,1,addtocart,7,4",
        $"{Start + 60},ben,2,view,8,4",
        $"{Start + 90},ben,2,addtocart,8,4",
        $"{Start + 7200},ben,3,view,8,4",
        $"{Start + 7300},ben,3,transaction,8,4");

    private async Task<JsonElement> ReplayAsync(params string[] options)
    {
        var run = await RunAsync(options);
        Assert.True(run.ExitCode == ExitCodes.Success, run.Error);
        using var summary = JsonDocument.Parse(Assert.Single(run.OutLines));
        return summary.RootElement.Clone();
    }

    private Task<CliRun> RunAsync(params string[] options) => CliRun.OfAsync(
        static console =>
        [
            ReplayVerb.Create(
                console, (settings, dataDir, stop) => ComposedReplayEngine.StartAsync(settings, dataDir, TimeProvider.System, stop)),
        ],
        ["replay", "--format", "retailrocket", "--data", Path.Combine(_folder.Path, "events.csv"), "--json", "--data-dir", _data.Path,
            .. options]);

    private static long Count(JsonElement summary, string key) => summary.GetProperty(key).GetInt64();
}
