using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeInsight.Cli.Features;
using RealtimeInsight.Insights.Privacy;

namespace RealtimeInsight.Cli.Training;

/// <summary>
/// Federated training: every round each shop trains on its own events and gives away a bounded change of the weights; every shop gets the
/// same graphs with a calibration of its own.
/// </summary>
internal sealed class FederateJob(CliConsole console)
{
    private const int PublicCustomers = 300;
    private const int PublicDays = 150;

    private static readonly string[] s_ways = ["federated", "pooled", "alone", "start"];

    public async Task<int> RunAsync(FederateSettings settings, string? root, string? python, CancellationToken cancellationToken)
    {
        var started = console.Time.GetTimestamp();
        var shops = settings.Shops.Select(shop => (Folder: shop, Set: FeatureSet.Read(shop))).ToList();
        var trainer = await Trainer.FindAsync(console, root, python, cancellationToken).ConfigureAwait(false);
        var open = Path.Combine(settings.Work, "public");
        new FeatureJob(console).Run(
            new FeatureSettings { Out = open, Seed = settings.Seed, Customers = PublicCustomers, Days = PublicDays }, cancellationToken);
        await trainer.RunAsync("federated.py", Arguments(settings, open), cancellationToken).ConfigureAwait(false);

        var report = FederationReport.Read(Path.Combine(settings.Work, FederationReport.FileName));
        foreach (var (shop, set) in shops)
        {
            await FinishAsync(trainer, settings, report, shop, set, cancellationToken).ConfigureAwait(false);
        }

        console.Error.WriteLine($"federate  {settings.Shops.Count} shops, {console.Time.GetElapsedTime(started).TotalSeconds:F0} s in all");
        console.Out.Write(Table(report));
        console.Out.WriteLine(PrivacyOf(settings, report));
        if (settings.IsJson) console.Out.WriteLine(Json(settings, report));
        return ExitCodes.Success;
    }

    private async Task FinishAsync(
        Trainer trainer, FederateSettings settings, FederationReport report, string shop, FeatureSet set,
        CancellationToken cancellationToken)
    {
        var name = FederateSettings.NameOf(shop);
        var work = Path.Combine(settings.Work, name);
        var folder = TrainSettings.NextVersion(Path.Combine(settings.Out, name), shippedModels: null);
        await trainer.RunAsync("export.py", ["--work", work, "--out", folder], cancellationToken).ConfigureAwait(false);
        ExportCheck.Run(folder, TrainedExample.Read(Path.Combine(work, TrainedExample.FileName)));
        var model = await ServedModel.LoadAsync(folder, console.Time).ConfigureAwait(false);
        await using (model.ConfigureAwait(false))
        {
            var (heads, difference) = new ServedEvaluation(shop, set, work).Run(model, cancellationToken);
            var (_, none) = ReferenceJob.TryRun(model, shop, set, cancellationToken);
            if (none is not null) console.Error.WriteLine($"federate  {name}: no reference for drift: {none}");
            var card = ModelCard.Write(
                $"{name}: {TrainSettings.ModelName}/{Path.GetFileName(folder)}",
                TrainingReport.Read(Path.Combine(work, TrainingReport.FileName)), heads, difference, settings.Command);
            var federation = $"\n## Federation\n\nTrained with {report.Shops.Count} shops, of which this one gave no event away. "
                + $"{PrivacyOf(settings, report)}\n";
            await File.WriteAllTextAsync(Path.Combine(folder, ModelCard.FileName), card + federation, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private static string[] Arguments(FederateSettings settings, string open)
    {
        string[] always =
        [
            .. settings.Shops.SelectMany(shop => (string[])["--shop", Path.GetFullPath(shop)]), "--public", open, "--work", settings.Work,
            "--rounds", $"{settings.Rounds}", "--epochs", $"{settings.Epochs}", "--share", settings.Share, "--seed", $"{settings.Seed}",
            "--clip", Number(settings.Clip), "--noise", Number(settings.Noise), "--participation", Number(settings.Participation),
        ];
        string[] noise = settings.NoiseSeed is { } seed ? ["--noise-seed", $"{seed}"] : [];
        string[] compare = settings.IsCompared ? ["--compare"] : [];
        return [.. always, .. noise, .. compare];
    }

    private static string PrivacyOf(FederateSettings settings, FederationReport report)
    {
        var clip = settings.Clip > 0 ? $"cut to length {Number(settings.Clip)}" : "not cut";
        var what = $"{report.Weights:N0} weights over {settings.Rounds} rounds, changes {clip}, noise {Number(settings.Noise)} of that, "
            + $"each shop in a round with probability {Number(settings.Participation)}: ";
        if (settings.NoiseSeed is not null) return what + "no privacy is claimed, the noise can be drawn again from its seed.";
        return double.IsFinite(settings.Epsilon)
            ? what + string.Create(
                CultureInfo.InvariantCulture,
                $"epsilon {settings.Epsilon:G4} at delta {settings.Delta:G3} for the presence of one whole shop, by ")
                + $"{GaussianAccountant.Method}."
            : what + "no privacy is claimed, the changes themselves can tell of their events.";
    }

    private static string Table(FederationReport report)
    {
        var table = new StringBuilder().AppendLine(
            CultureInfo.InvariantCulture, $"{"training",-12}{"head",-14}{"n",9}{"AUC",9}{"Brier",9}{"log loss",10}");
        foreach (var way in s_ways.Where(report.Comparison.ContainsKey))
        {
            foreach (var (head, figures) in report.Comparison[way])
            {
                table.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"{way,-12}{head,-14}{figures.N,9:N0}{figures.Auc,9:F4}{figures.Brier,9:F4}{figures.LogLoss,10:F4}");
            }
        }

        return table.ToString();
    }

    private static string Json(FederateSettings settings, FederationReport report) => new JsonObject
    {
        ["shops"] = report.Shops.Count,
        ["weights"] = report.Weights,
        ["rounds"] = settings.Rounds,
        ["clip"] = settings.Clip,
        ["noise"] = settings.Noise,
        ["participation"] = settings.Participation,
        ["epsilon"] = double.IsFinite(settings.Epsilon) ? settings.Epsilon : null,
        ["delta"] = settings.Delta,
        ["accountant"] = GaussianAccountant.Method,
        ["unit"] = "shop",
        ["comparison"] = new JsonObject(report.Comparison.Select(way =>
            KeyValuePair.Create(way.Key, (JsonNode?)new JsonObject(way.Value.Select(head => KeyValuePair.Create(
                head.Key,
                (JsonNode?)new JsonObject
                {
                    ["n"] = head.Value.N,
                    ["auc"] = head.Value.Auc,
                    ["brier"] = head.Value.Brier,
                    ["log_loss"] = head.Value.LogLoss,
                })))))),
    }.ToJsonString(JsonSerializerOptions.Default);

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
}
