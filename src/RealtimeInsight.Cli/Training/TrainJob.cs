using RealtimeInsight.Cli.Features;

namespace RealtimeInsight.Cli.Training;

/// <summary>Features, training, export, and a check of the result on the runtime that will serve it.</summary>
internal sealed class TrainJob(CliConsole console)
{
    /// <param name="root">Folder of the repository.</param>
    /// <param name="python">The interpreter to take; null: one that is found.</param>
    public async Task<int> RunAsync(TrainSettings settings, string? root, string? python, CancellationToken cancellationToken)
    {
        var started = console.Time.GetTimestamp();
        var trainer = await Trainer.FindAsync(console, root, python, cancellationToken).ConfigureAwait(false);
        if (Directory.Exists(settings.Out)) console.Error.WriteLine($"train     replaces the model in {settings.Out}");
        var set = new FeatureJob(console).Run(settings.Features, cancellationToken);
        console.Error.WriteLine($"features  {set.Rows:N0} rows, schema {set.FeatureSchemaHash}, digest {set.Digest[..16]}");

        string[] training = ["--features", settings.Features.Out, "--work", settings.Work, "--seed", $"{settings.Features.Seed}",
            "--epochs", $"{settings.Epochs}"];
        await trainer.RunAsync("train.py", training, cancellationToken).ConfigureAwait(false);
        await trainer.RunAsync("export.py", ["--work", settings.Work, "--out", settings.Out], cancellationToken).ConfigureAwait(false);

        var example = TrainedExample.Read(Path.Combine(settings.Work, TrainedExample.FileName));
        var difference = ExportCheck.Run(settings.Out, example);
        console.Error.WriteLine(
            $"train     checked on ONNX Runtime: step and fold are the trained model to {difference:G2}; "
            + $"{console.Time.GetElapsedTime(started).TotalSeconds:F0} s in all");
        console.Out.WriteLine($"model: {settings.Out}");
        return ExitCodes.Success;
    }
}
