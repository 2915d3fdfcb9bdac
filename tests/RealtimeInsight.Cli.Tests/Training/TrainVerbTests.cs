using System.Text.Json;
using RealtimeInsight.Cli.Training;
using RealtimeInsight.Cli.Verbs;

namespace RealtimeInsight.Cli.Tests.Training;

public sealed class TrainVerbTests : IDisposable
{
    private static readonly TimeSpan RunMax = TimeSpan.FromMinutes(8);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("insight-train-tests-");

    public void Dispose() => _folder.Delete(recursive: true);

    [TrainingFact]
    public async Task Train_SameInputsTwice_AreTheSameBytes()
    {
        var first = await TrainAsync("first");
        var again = await TrainAsync("again");

        Assert.True(first.Run.ExitCode == ExitCodes.Success, first.Run.Error);
        Assert.Contains("checked on ONNX Runtime", first.Run.Error);
        Assert.Contains("logistic regression on profile", first.Run.Out);
        Assert.Contains("gradient-boosted trees", first.Run.Out);
        Assert.Contains("served    simulated abandonment: n ", first.Run.Error);
        Assert.Contains("trials    2/2: ", first.Run.Error);
        Assert.Contains("loss of the next event on customers held out", first.Run.Error);
        var card = File.ReadAllText(Path.Combine(first.Model, "card.md"));
        Assert.Contains("Chosen from 2 of 2 trials", card);
        Assert.Contains("Pre-trained on kind, time and product of the next event", card);
        Assert.Contains("## Each head alone", card);
        Assert.Contains("| simulated | abandonment | gradient-boosted trees |", card);
        foreach (var file in (string[])["step.onnx", "fold.onnx", "model.json"])
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(first.Model, file)), File.ReadAllBytes(Path.Combine(again.Model, file)));
        }

        var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(first.Model, "model.json"))).RootElement;
        Assert.Equal("behaviour 4", $"{manifest.GetProperty("name").GetString()} {manifest.GetProperty("version").GetString()}");
        Assert.Equal(6, manifest.GetProperty("training").GetProperty("seed").GetInt64());

        var told = JsonDocument.Parse(first.Run.OutLines[^1]).RootElement;
        Assert.Equal(2, told.GetProperty("trials").GetInt32());
        Assert.True(told.GetProperty("served_difference").GetDouble() < ServedEvaluation.DifferenceMax);
        Assert.All(told.GetProperty("fine_tuning").EnumerateArray(), static head =>
        {
            var gain = head.GetProperty("joint").GetDouble() - head.GetProperty("tuned").GetDouble();
            Assert.Equal(gain > head.GetProperty("gain_error").GetDouble() ? "tuned" : "joint", head.GetProperty("kept").GetString());
        });
        Assert.True(told.GetProperty("fine_tuning").GetArrayLength() > 0);
        Assert.Equal("simulated", told.GetProperty("heads")[0].GetProperty("source").GetString());

        var example = TrainedExample.Read(Path.Combine(_folder.FullName, "first-work", TrainedExample.FileName));
        example.Logits[^1][0] += 0.01f;
        var error = Assert.Throws<CliException>(() => ExportCheck.Run(first.Model, example));
        Assert.Contains("differs from the trained model", error.Message);
    }

    [TrainingFact]
    public async Task Train_OnAListOfOrders_LearnsWhatItTellsAndSaysWhatItDoesNot()
    {
        var model = Path.Combine(_folder.FullName, "behaviour", "9");
        var mapping = Path.Combine(_folder.FullName, "mapping.json");
        File.WriteAllText(mapping, """
            { "columns": { "time": "day", "customer": "who", "product": "what", "price": "price", "order": "number" },
              "every_line": "order_completed", "currency": "EUR" }
            """);

        var run = await RunAsync(
            TrainingPython.Path, "train", "--format", "csv", "--mapping", mapping, "--data", WriteOrders(), "--out", model, "--epochs", "1",
            "--json");

        Assert.True(run.ExitCode == ExitCodes.Success, run.Error);
        Assert.Contains("no reference for drift", run.Error);
        var warnings = JsonDocument.Parse(run.OutLines[^1]).RootElement.GetProperty("warnings");
        Assert.Contains(
            warnings.EnumerateArray(), one => one.GetString()!.StartsWith("abandonment: 0 training cases", StringComparison.Ordinal));
        var card = File.ReadAllText(Path.Combine(model, "card.md"));
        Assert.Contains("* abandonment: 0 training cases with a known outcome", card);
        Assert.Contains("| orders.csv | own data |", card);
    }

    [Fact]
    public async Task Train_PythonWithoutThePackages_SaysWhatToInstall()
    {
        var run = await RunAsync("no-such-python", "train", "--out", Path.Combine(_folder.FullName, "behaviour", "1"));

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains("no-such-python", run.Error);
        Assert.Contains("python3-torch python3-sklearn python3-onnx libopenblas0-pthread", run.Error);
        Assert.False(Directory.Exists(Path.Combine(_folder.FullName, "behaviour")));
    }

    [Theory]
    [InlineData("--out", "models/behaviour/newest", "--out")]
    [InlineData("--epochs", "0", "--epochs 0")]
    [InlineData("--pretrain", "-1", "--pretrain -1")]
    [InlineData("--pretrain", "201", "--pretrain 201")]
    [InlineData("--finetune", "-1", "--finetune -1")]
    [InlineData("--finetune", "201", "--finetune 201")]
    [InlineData("--days", "30", "--days 30")]
    [InlineData("--seed", "-1", "--seed -1")]
    [InlineData("--trials", "501", "--trials 501")]
    [InlineData("--budget", "5", "--budget 5")]
    [InlineData("--register", "shop", "--register is 'shop'")]
    public async Task Train_BadValue_IsNamed(string option, string value, string named)
    {
        var run = await RunAsync(python: null, "train", "--out", Path.Combine(_folder.FullName, "behaviour", "1"), option, value);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains(named, run.Error);
    }

    [Fact]
    public async Task Features_FolderWithoutRecordedSets_SaysWhichItWants()
    {
        var run = await RunAsync(python: null, "features", "--out", Path.Combine(_folder.FullName, "features"), "--data", _folder.FullName);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("eshop2008 or online_retail", run.Error);
    }

    [RealDataFact]
    public async Task Features_RecordedSets_AreWrittenWithTheirLicences()
    {
        var output = Path.Combine(_folder.FullName, "features");

        var run = await RunAsync(
            python: null, "features", "--out", output, "--data", RealData.Folder!, "--customers", "20", "--days", "120");

        Assert.True(run.ExitCode == ExitCodes.Success, run.Error);
        var sources = JsonDocument.Parse(File.ReadAllText(Path.Combine(output, "features.json"))).RootElement.GetProperty("sources");
        Assert.Equal(
            ["simulated: generated", "simulated_sparse: generated", "eshop2008: CC BY 4.0", "online_retail: CC0 1.0"],
            sources.EnumerateArray().Select(source => $"{source.GetProperty("name")}: {source.GetProperty("licence")}"));
        Assert.Equal(116_095, sources[2].GetProperty("rows").GetInt64());
    }

    [Fact]
    public void NextVersion_IsAboveThoseThatShip()
    {
        var (own, shipped) = (Path.Combine(_folder.FullName, "own"), Path.Combine(_folder.FullName, "shipped"));
        Directory.CreateDirectory(Path.Combine(shipped, "behaviour", "1"));
        Assert.Equal(Path.Combine(own, "behaviour", "2"), TrainSettings.NextVersion(own, shipped));

        Directory.CreateDirectory(Path.Combine(own, "behaviour", "11"));
        Assert.Equal(Path.Combine(own, "behaviour", "12"), TrainSettings.NextVersion(own, shipped));
    }

    private async Task<(CliRun Run, string Model)> TrainAsync(string name)
    {
        var model = Path.Combine(_folder.FullName, name, "behaviour", "4");
        var run = await RunAsync(
            TrainingPython.Path, "train", "--out", model, "--work", Path.Combine(_folder.FullName, name + "-work"), "--customers", "60",
            "--days", "120", "--epochs", "1", "--pretrain", "2", "--seed", "6", "--trials", "2", "--json");
        return (run, model);
    }

    /// <summary>Sixty customers over 200 days; the odd ones stop in the middle.</summary>
    private string WriteOrders()
    {
        var random = new Random(3);
        var start = new DateTime(2025, 1, 6, 9, 0, 0, DateTimeKind.Utc);
        var lines = new List<(DateTime At, string Line)>();
        for (var who = 0; who < 60; who++)
        {
            var end = who % 2 == 0 ? 200 : 60 + random.Next(100);
            for (var day = random.NextDouble() * 20; day < end; day += 0.2 + (random.NextDouble() * 12))
            {
                var at = start.AddDays(day);
                lines.Add((at, $"{at:yyyy-MM-ddTHH:mm:ssZ},u{who},p{random.Next(30)},{5 + random.Next(40)},o{lines.Count}"));
            }
        }

        var path = Path.Combine(_folder.FullName, "orders.csv");
        File.WriteAllLines(path, ["day,who,what,price,number", .. lines.OrderBy(line => line.At).Select(line => line.Line)]);
        return path;
    }

    private static Task<CliRun> RunAsync(string? python, params string[] args) => CliRun.OfAsync(
        RunMax, console => [FeaturesVerb.Create(console), TrainVerb.Create(console, Repository.Root, python)], args);
}
