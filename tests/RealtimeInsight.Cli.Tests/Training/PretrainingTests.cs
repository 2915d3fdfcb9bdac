namespace RealtimeInsight.Cli.Tests.Training;

public sealed class PretrainingTests : IDisposable
{
    private static readonly TimeSpan RunMax = TimeSpan.FromMinutes(8);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("insight-pretrain-tests-");

    public void Dispose() => _folder.Delete(recursive: true);

    [TrainingFact]
    public Task Laws_OfPretrainingAndEarlyStopping_Hold() =>
        TrainingLaws.HoldAsync("pretraining_laws.py", RunMax, TrainingLaws.WriteShop(_folder, "shop", 3));
}
