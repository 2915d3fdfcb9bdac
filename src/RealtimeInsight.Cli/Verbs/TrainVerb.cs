using System.CommandLine;
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
        var verb = new Verb(
            "train",
            "Train the behaviour model on the simulated shop and on recorded data, or on your own export, calibrate it, export it to "
            + "ONNX, judge it on later events through the serving pool, write its card. Needs Python 3 with PyTorch, scikit-learn, onnx.",
            "insight train",
            "insight train --data ../shared/data --out src/models/behaviour/1",
            "insight train --format csv --mapping mapping.json --data export.csv --trials 12 --budget 60",
            "insight train --format segment-ndjson --data archive/ --register http://127.0.0.1:8080",
            "insight train --seed 7 --epochs 2 --customers 500");
        var arguments = new TrainArguments(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            var given = arguments.Work(parsed);
            var folder = given is null ? Directory.CreateTempSubdirectory("insight-train-").FullName : Path.GetFullPath(given);
            try
            {
                var settings = arguments.Read(parsed, folder, root);
                return await new TrainJob(console).RunAsync(settings, root, python, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (given is null) Directory.Delete(folder, recursive: true);
            }
        });
        return verb;
    }
}
