using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeInsight.Cli.Features;
using RealtimeInsight.Cli.Models;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Cli.Training;

/// <summary>Features, training, export, and an evaluation on the pool that will serve the result.</summary>
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

        await trainer.RunAsync("train.py", Arguments(settings), cancellationToken).ConfigureAwait(false);
        await trainer.RunAsync("export.py", ["--work", settings.Work, "--out", settings.Out], cancellationToken).ConfigureAwait(false);

        var example = TrainedExample.Read(Path.Combine(settings.Work, TrainedExample.FileName));
        var difference = ExportCheck.Run(settings.Out, example);
        console.Error.WriteLine($"train     checked on ONNX Runtime: step and fold are the trained model to {difference:G2}");

        var (heads, served) = await JudgeAsync(settings, set, cancellationToken).ConfigureAwait(false);
        var report = TrainingReport.Read(Path.Combine(settings.Work, TrainingReport.FileName));
        var card = Path.Combine(settings.Out, ModelCard.FileName);
        var name = $"{Path.GetFileName(Path.GetDirectoryName(settings.Out))}/{Path.GetFileName(settings.Out)}";
        await File.WriteAllTextAsync(card, ModelCard.Write(name, report, heads, served, settings.Command), cancellationToken)
            .ConfigureAwait(false);
        if (settings.Engine is { } engine) await RegisterAsync(engine, settings.Out, cancellationToken).ConfigureAwait(false);
        console.Error.WriteLine(
            $"train     served as trained to {served:G2}; card in {card}; {console.Time.GetElapsedTime(started).TotalSeconds:F0} s in all");
        console.Out.WriteLine($"model: {settings.Out}");
        if (settings.IsJson) console.Out.WriteLine(Json(settings.Out, heads, served, report));
        return ExitCodes.Success;
    }

    private async Task<(IReadOnlyList<ServedEvaluation.Head> Heads, double Difference)> JudgeAsync(
        TrainSettings settings, FeatureSet set, CancellationToken cancellationToken)
    {
        console.Error.WriteLine("train     scoring the later events through the serving pool");
        var evaluation = new ServedEvaluation(settings.Features.Out, set, settings.Work);
        var model = await ServedModel.LoadAsync(settings.Out, console.Time).ConfigureAwait(false);
        await using (model.ConfigureAwait(false))
        {
            var (heads, difference) = evaluation.Run(model, cancellationToken);
            foreach (var head in heads)
            {
                console.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"served    {head.Source} {head.Name}: n {head.N:N0}, AUC {head.Scores.Auc:F4}, Brier {head.Scores.Brier:F4}, "
                    + $"log loss {head.Scores.LogLoss:F4}, calibration error {head.Scores.CalibrationError:F4}"));
            }

            var (rows, none) = ReferenceJob.TryRun(model, settings.Features.Out, set, cancellationToken);
            console.Error.WriteLine(
                none is null ? $"train     reference for drift: {rows:N0} events" : $"train     no reference for drift: {none}");
            return (heads, difference);
        }
    }

    private static string[] Arguments(TrainSettings settings)
    {
        string[] always =
        [
            "--features", settings.Features.Out, "--work", settings.Work, "--seed", $"{settings.Features.Seed}",
            "--epochs", $"{settings.Epochs}", "--pretrain", $"{settings.Pretrain}", "--finetune", $"{settings.Finetune}",
            "--trials", $"{settings.Trials}",
        ];
        return settings.Budget is { } budget
            ? [.. always, "--budget", budget.TotalMinutes.ToString(CultureInfo.InvariantCulture)]
            : always;
    }

    private async Task RegisterAsync(ModelTarget engine, string folder, CancellationToken cancellationToken)
    {
        var files = ModelRepository.ReadFiles(folder);
        await new ModelsJob(console).RunAsync(engine, (desk, stop) => desk.RegisterAsync(files, stop), cancellationToken)
            .ConfigureAwait(false);
    }

    private static string Json(string model, IReadOnlyList<ServedEvaluation.Head> heads, double difference, TrainingReport report) =>
        new JsonObject
        {
            ["model"] = model,
            ["seed"] = report.Seed,
            ["trials"] = report.Trials?.Results.Count ?? 0,
            ["served_difference"] = difference,
            ["heads"] = new JsonArray([.. heads.Select(head => (JsonNode)new JsonObject
            {
                ["source"] = head.Source,
                ["head"] = head.Name,
                ["n"] = head.N,
                ["auc"] = Number(head.Scores.Auc),
                ["average_precision"] = Number(head.Scores.AveragePrecision),
                ["brier"] = Number(head.Scores.Brier),
                ["log_loss"] = Number(head.Scores.LogLoss),
                ["calibration_error"] = Number(head.Scores.CalibrationError),
            })]),
            ["fine_tuning"] = new JsonArray([.. report.FineTuning.Select(head => (JsonNode)new JsonObject
            {
                ["head"] = head.Head,
                ["n"] = head.N,
                ["joint"] = Number(head.Joint),
                ["tuned"] = Number(head.Tuned),
                ["gain_error"] = Number(head.GainError),
                ["kept"] = head.Kept,
            })]),
            ["warnings"] = new JsonArray([.. report.Warnings.Select(warning => (JsonNode)warning)]),
        }.ToJsonString(JsonSerializerOptions.Default);

    private static JsonNode? Number(double? value) => value is { } known && double.IsFinite(known) ? Math.Round(known, 6) : null;
}
