namespace RealtimeInsight.Cli.Tests.Training;

public sealed class RecipesTests : IDisposable
{
    private static readonly TimeSpan RunMax = TimeSpan.FromMinutes(8);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("insight-recipes-tests-");

    public void Dispose() => _folder.Delete(recursive: true);

    [TrainingFact]
    public Task Laws_OfComparingRecipes_Hold() => TrainingLaws.HoldAsync("recipes_laws.py", RunMax);

    [TrainingFact]
    public async Task Recipes_StartedAgain_TrainOnlyWhatIsMissing()
    {
        var shop = TrainingLaws.WriteShop(_folder, "shop", 3);
        var first = await RunAsync(shop, "2", "one pass: pretrain_epochs=0 epochs=1 finetune_epochs=0", "slower: learning_rate=0.001 "
            + "pretrain_epochs=0 epochs=1 finetune_epochs=0");

        Assert.True(first.ExitCode == ExitCodes.Success, first.Error);
        Assert.Equal(4, Count(first.Error, ": trained"));
        Assert.Contains("churn log loss", first.Out);
        Assert.Contains("next product hit@20", first.Out);

        var again = await RunAsync(shop, "2", "one pass: pretrain_epochs=0 epochs=1 finetune_epochs=0", "slower: learning_rate=0.001 "
            + "pretrain_epochs=0 epochs=1 finetune_epochs=0");

        Assert.Equal(4, Count(again.Error, ": as trained before"));
        Assert.Equal(first.Out, again.Out);
    }

    [TrainingFact]
    public async Task Recipes_UnknownSetting_IsToldWithThoseThatThereAre()
    {
        var run = await RunAsync(_folder.FullName, "2", "as it is:", "other: passes=3");

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("'passes=3' is no setting", run.Error);
        Assert.Contains("pretrain_epochs", run.Error);
    }

    private Task<CliRun> RunAsync(string features, string seeds, string one, string other) => TrainingLaws.RunAsync(
        "src/training/recipes.py", RunMax, "--features", features, "--work", Path.Combine(_folder.FullName, "runs"), "--seeds", seeds,
        "--recipe", one, "--recipe", other);

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
