using System.Text.Json.Nodes;
using RealtimeInsight.Cli.Verbs;

namespace RealtimeInsight.Cli.Tests.Classify;

public sealed class ClassifyVerbTests
{
    [Fact]
    public async Task Classify_TextsOnTheCommandLine_PrintsLabelProbabilityAndText()
    {
        var run = await RunAsync("", "classify", "Love it, fits perfectly!", "Poor quality, fell apart, returned it.", "Wunderbar");

        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Matches(@"^positive +[01]\.\d{3}  \[size\]  Love it, fits perfectly!$", run.OutLines[0]);
        Assert.Matches(@"^negative +[01]\.\d{3}  \[quality, returns\]  Poor quality, fell apart, returned it\.$", run.OutLines[1]);
        Assert.Matches(@"^\(language\?\) +-  Wunderbar$", run.OutLines[2]);
    }

    [Fact]
    public async Task Classify_LinesOfStandardInput_GiveOneLineOfJsonEach()
    {
        var lines = string.Join('\n', Enumerable.Range(0, 300).Select(static i => $"lovely dress number {i}"));

        var run = await RunAsync(lines, "classify", "--json");

        Assert.Equal(300, run.OutLines.Count);
        var line = JsonNode.Parse(run.OutLines[299])!;
        Assert.Equal(("texts/1", "scored", "positive"), ((string)line["model"]!, (string)line["outcome"]!, (string)line["label"]!));
        Assert.Equal(
            ["model", "outcome", "label", "labels", "probabilities", "pieces", "is_truncated"],
            line.AsObject().Select(static pair => pair.Key));
        Assert.Equal(1, (double)line["probabilities"]!["positive"]! + (double)line["probabilities"]!["negative"]!, tolerance: 1e-5);
    }

    [Fact]
    public async Task Classify_FolderThatIsNoTextModel_IsAUsageError()
    {
        var run = await RunAsync("", "classify", "--model", Path.Combine(Path.GetTempPath(), "nothing-here", "1"), "a");

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("nothing-here/1/model.json cannot be read", run.Error, StringComparison.Ordinal);
    }

    private static async Task<CliRun> RunAsync(string input, params string[] args)
    {
        using var reader = new StringReader(input);
        return await CliRun.OfAsync(console => [ClassifyVerb.Create(console, reader)], args);
    }
}
