using System.Globalization;

namespace RealtimeInsight.Cli.Tests.Training;

public sealed class FinetuningTests : IDisposable
{
    private static readonly TimeSpan RunMax = TimeSpan.FromMinutes(8);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("insight-finetune-tests-");

    public void Dispose() => _folder.Delete(recursive: true);

    [TrainingFact]
    public Task Laws_OfTuningEachHeadAlone_Hold() =>
        TrainingLaws.HoldAsync("finetuning_laws.py", RunMax, TrainingLaws.WriteShop(_folder, "shop", 3));

    [TrainingFact]
    public async Task Gain_TwoSeeds_TellsWhatEachPhaseAddsOnLaterEvents()
    {
        var run = await TrainingLaws.RunAsync(
            "src/training/gain.py", RunMax, "--features", TrainingLaws.WriteShop(_folder, "shop", 3), "--seeds", "2");

        Assert.True(run.ExitCode == ExitCodes.Success, run.Error);
        var lines = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] figures = ["churn AUC", "abandonment AUC", "purchase AUC", "next product hit@20"];
        Assert.All(figures, figure =>
            Assert.Contains(lines, line => line.StartsWith($"{"simulated",-18}{figure,-22}", StringComparison.Ordinal)));
        Assert.Contains("gain      seed 2 of 2", run.Error);
        foreach (var line in lines.Skip(1))
        {
            // n, without, with, tuned, gain, its spread, gain by tuning, its spread: from the right, because names hold blanks.
            var told = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^8..]
                .Select(word => double.Parse(word, NumberStyles.Number, CultureInfo.InvariantCulture)).ToArray();
            Assert.True(told[0] >= 1, line);
            Assert.All(told[1..4], value => Assert.InRange(value, 0, 1));
            Assert.Equal(told[2] - told[1], told[4], tolerance: 2e-4);
            Assert.Equal(told[3] - told[2], told[6], tolerance: 2e-4);
            Assert.True(told[5] >= 0 && told[7] >= 0, line);
        }
    }

    [TrainingFact]
    public async Task Gain_OneSeed_SaysThatTheSpreadNeedsTwo()
    {
        var run = await TrainingLaws.RunAsync("src/training/gain.py", RunMax, "--features", _folder.FullName, "--seeds", "1");

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("--seeds 1: the spread needs 2 or more", run.Error);
    }
}
