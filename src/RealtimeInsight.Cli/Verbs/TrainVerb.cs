using System.CommandLine;
using RealtimeInsight.Cli.Features;
using RealtimeInsight.Cli.Training;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight train</c>: features, training, calibration, export and a check, in one command.</summary>
public static class TrainVerb
{
    /// <param name="root">Folder of the repository, which holds the training scripts; null where it is not known.</param>
    /// <param name="python">The interpreter to train with; null: one that has the packages is looked for.</param>
    public static Command Create(CliConsole console, string? root, string? python)
    {
        ArgumentNullException.ThrowIfNull(console);
        var output = new Option<string?>("--out")
        {
            HelpName = "DIR",
            Description = "Folder of the model version, e.g. models/behaviour/2; what is there is replaced "
                + "(default: the next free version in .data/models of the repository)",
        };
        var epochs = new Option<int>("--epochs")
        {
            HelpName = "N",
            Description = "Passes over the training customers",
            DefaultValueFactory = _ => TrainSettings.EpochsDefault,
        };
        var work = new Option<string?>("--work")
        {
            HelpName = "DIR",
            Description = "Keep arrays (about 700 MB), weights and report here (default: a temporary folder that is removed)",
        };
        var features = new SourceArguments();
        var verb = new Verb(
            "train",
            "Train the behaviour model on the simulated shop and on recorded data, calibrate it, judge it on later events and export it to "
            + "ONNX. Needs Python 3 with PyTorch, scikit-learn and onnx.",
            "insight train",
            "insight train --data ../shared/data --out src/models/behaviour/1",
            "insight train --seed 7 --epochs 2 --customers 500")
        {
            output, epochs, work,
        };
        features.AddTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            var given = parsed.GetValue(work);
            var folder = given is null ? Directory.CreateTempSubdirectory("insight-train-").FullName : Path.GetFullPath(given);
            try
            {
                var target = parsed.GetValue(output) ?? DefaultOut(root);
                var settings = new TrainSettings(
                    features.Read(parsed, Path.Combine(folder, "features")),
                    folder,
                    Path.TrimEndingDirectorySeparator(Path.GetFullPath(target)),
                    parsed.GetValue(epochs)).Checked();
                return await new TrainJob(console).RunAsync(settings, root, python, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (given is null) Directory.Delete(folder, recursive: true);
            }
        });
        return verb;
    }

    private static string DefaultOut(string? root)
    {
        if (root is null) throw CliException.Usage("--out is needed where the repository is not known; run it as ./insight train");
        return TrainSettings.NextVersion(Path.Combine(root, ".data", "models"), Path.Combine(root, "src", "models"));
    }
}
