using System.Text.Json;
using RealtimeInsight.Cli.Verbs;

namespace RealtimeInsight.Cli.Tests.Training;

public sealed class FederateVerbTests : IDisposable
{
    private static readonly TimeSpan RunMax = TimeSpan.FromMinutes(8);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("insight-federate-tests-");

    public void Dispose() => _folder.Delete(recursive: true);

    [TrainingFact]
    public Task Laws_OfFederatedAveraging_Hold() =>
        TrainingLaws.HoldAsync("federated_laws.py", RunMax, WriteShop("first", 3), WriteShop("second", 4));

    [TrainingFact]
    public async Task Federate_TwoShops_GetTheSameGraphsAndTheBudgetIsTold()
    {
        var models = Path.Combine(_folder.FullName, "models");

        var run = await RunAsync(
            TrainingPython.Path, WriteShop("north", 5), WriteShop("south", 6), "--out", models, "--rounds", "2", "--clip", "0.5",
            "--noise", "1.5", "--participation", "0.9", "--share", "heads", "--compare", "--json");

        Assert.True(run.ExitCode == ExitCodes.Success, run.Error);
        var (north, south) = (Path.Combine(models, "north", "behaviour", "1"), Path.Combine(models, "south", "behaviour", "1"));
        Assert.Equal(File.ReadAllBytes(Path.Combine(north, "step.onnx")), File.ReadAllBytes(Path.Combine(south, "step.onnx")));
        Assert.Contains("for the presence of one whole shop", File.ReadAllText(Path.Combine(south, "card.md")));
        var told = JsonDocument.Parse(run.OutLines[^1]).RootElement;
        Assert.InRange(told.GetProperty("epsilon").GetDouble(), 1, 20);
        foreach (var way in (string[])["federated", "pooled", "alone", "start"])
        {
            Assert.True(told.GetProperty("comparison").GetProperty(way).GetProperty("purchase").GetProperty("n").GetInt64() > 0, way);
        }
    }

    [Theory]
    [InlineData("--noise 1", "--noise 1 needs --clip")]
    [InlineData("--rounds 0", "--rounds 0")]
    [InlineData("--participation 0", "--participation 0")]
    [InlineData("--delta 1", "--delta 1")]
    [InlineData("--share half", "--share half")]
    [InlineData("--clip -1", "--clip -1")]
    public async Task Federate_BadValue_IsNamed(string options, string named)
    {
        var run = await RunAsync(null, [WriteShop("north", 5), "--out", _folder.FullName, .. options.Split(' ')]);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains(named, run.Error);
    }

    [Fact]
    public async Task Federate_FolderWithoutFeatures_SaysHowToWriteThem()
    {
        var run = await RunAsync(null, _folder.FullName, "--out", _folder.FullName);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("holds no features.json; write one in each shop with: insight features", run.Error);
    }

    private string WriteShop(string name, long seed) => TrainingLaws.WriteShop(_folder, name, seed);

    private static Task<CliRun> RunAsync(string? python, params string[] args) =>
        CliRun.OfAsync(RunMax, console => [FederateVerb.Create(console, Repository.Root, python)], ["federate", .. args]);
}
