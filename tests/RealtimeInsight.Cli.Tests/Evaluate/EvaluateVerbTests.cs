using System.Text.Json;
using RealtimeInsight.Cli.Verbs;

namespace RealtimeInsight.Cli.Tests.Evaluate;

public sealed class EvaluateVerbTests
{
    [Theory]
    [InlineData("fortune", "cdnow", "fortune")]
    [InlineData("clv", "hillstrom", "reads cdnow")]
    public async Task Evaluate_UnknownTaskOrFormat_IsNamedAndAnswersTwo(string task, string format, string expected)
    {
        var run = await RunAsync(task, "--format", format, "--train", ".", "--test", ".");

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_MissingPath_IsNamedAndAnswersTwo()
    {
        var run = await RunAsync("clv", "--format", "cdnow", "--train", "no-such-place", "--test", ".");

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("--train no-such-place", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_FolderOfFolders_NamesThem()
    {
        using var data = new DataFolder();
        Directory.CreateDirectory(Path.Combine(data.Path, "logs", "first"));
        Directory.CreateDirectory(Path.Combine(data.Path, "logs", "second"));

        var logs = Path.Combine(data.Path, "logs");
        var run = await RunAsync("ope", "--format", "Open-Bandit", "--train", logs, "--test", logs);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("name one of its folders: first, second", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_FileOfAnotherFormat_NamesWhatIsMissing()
    {
        using var data = new DataFolder();
        var file = data.Write("other.csv", "a,b", "1,2");

        var run = await RunAsync("ope", "--format", "open_bandit", "--train", file, "--test", file);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("propensity_score", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_BadField_NamesLineAndValue()
    {
        using var data = new DataFolder();
        var file = data.Write("log.csv", "item_id,position,click,propensity_score", "1,1,0,0.5", "1,1,0,often");

        var run = await RunAsync("ope", "--format", "open_bandit", "--train", file, "--test", file);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("line 3: propensity_score is 'often'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_Json_EndsWithOneSnakeCaseLine()
    {
        using var data = new DataFolder();
        var lines = Enumerable.Range(0, 300).Select(i => $"{i % 3},{i % 2},{(i % 7 == 0 ? 1 : 0)},0.3333333333");
        var file = data.Write("log.csv.gz", ["item_id,position,click,propensity_score", .. lines]);

        var run = await RunAsync("ope", "--format", "open-bandit", "--train", file, "--test", file, "--json");

        Assert.Equal(ExitCodes.Success, run.ExitCode);
        using var json = JsonDocument.Parse(run.OutLines[^1]);
        Assert.Equal("ope", json.RootElement.GetProperty("task").GetString());
        Assert.Equal(300, json.RootElement.GetProperty("n").GetInt32());
        Assert.False(json.RootElement.GetProperty("claim_made").GetBoolean());
        Assert.True(json.RootElement.GetProperty("facts").TryGetProperty("effective_sample_size", out _));
        Assert.True(json.RootElement.GetProperty("baselines").GetArrayLength() > 0);
    }

    [RealDataFact]
    public async Task Evaluate_OpenBandit_FlagsTheLowEffectiveSample()
    {
        var run = await RunAsync(
            "ope", "--format", "open_bandit", "--train", RealData.Of("open_bandit/bts"), "--test", RealData.Of("open_bandit/random"));

        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Contains("no claim", run.Out, StringComparison.Ordinal);
    }

    [RealDataFact]
    public async Task Evaluate_HillstromWomensVisits_RankTwoDeviationsAboveChance()
    {
        var folder = RealData.Of("hillstrom");
        var run = await RunAsync("uplift", "--format", "hillstrom", "--train", folder, "--test", folder, "--json");

        using var json = JsonDocument.Parse(run.OutLines[^1]);
        Assert.InRange(json.RootElement.GetProperty("metrics").GetProperty("deviations").GetDouble(), 2, 100);
        Assert.Equal(1, json.RootElement.GetProperty("warnings").GetArrayLength());
    }

    [RealDataFact]
    public async Task Evaluate_OnlineRetailChurn_BeatsEveryBaseline()
    {
        var folder = RealData.Of("online_retail");
        var run = await RunAsync(
            "churn", "--format", "online_retail", "--train", folder, "--test", folder, "--cuts", "2011-05-10", "--json");

        using var json = JsonDocument.Parse(run.OutLines[^1]);
        Assert.InRange(json.RootElement.GetProperty("metrics").GetProperty("auc").GetDouble(), 0.755, 1);
        Assert.True(json.RootElement.GetProperty("claim_made").GetBoolean());
    }

    private static Task<CliRun> RunAsync(params string[] args) =>
        CliRun.OfAsync(static console => [EvaluateVerb.Create(console)], ["evaluate", .. args]);
}
