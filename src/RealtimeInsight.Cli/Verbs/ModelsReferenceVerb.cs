using System.CommandLine;
using RealtimeInsight.Cli.Features;
using RealtimeInsight.Cli.Training;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight models reference</c>: what live traffic is compared with, for a version that was trained without it.</summary>
internal static class ModelsReferenceVerb
{
    public static Command Create(CliConsole console)
    {
        var folder = new Argument<string>("DIR") { Description = "Folder of the version, with model.json, step.onnx and fold.onnx" };
        var features = new Option<string>("--features")
        {
            Required = true,
            HelpName = "DIR",
            Description = "Arrays of the events that the version learned from, as 'insight features' writes them",
        };
        var verb = new Verb(
            "reference",
            "Write into model.json how the inputs and scores of its training events are distributed; the engine tells from it how far live "
            + "traffic has moved. 'insight train' does so by itself.",
            "insight models reference .data/models/behaviour/2 --features features")
        {
            folder, features,
        };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            var model = Path.TrimEndingDirectorySeparator(Path.GetFullPath(parsed.GetValue(folder)!));
            if (!File.Exists(Path.Combine(model, "model.json")))
            {
                throw CliException.Usage($"{model}: holds no model.json; name a version's folder");
            }

            var arrays = Path.GetFullPath(parsed.GetRequiredValue(features));
            var set = FeatureSet.Read(arrays);
            var served = await ServedModel.LoadAsync(model, console.Time).ConfigureAwait(false);
            await using (served.ConfigureAwait(false))
            {
                var reference = ReferenceJob.Run(served, arrays, set, cancellationToken);
                console.Out.WriteLine($"written: reference of {reference.Rows} events into {Path.Combine(model, "model.json")}");
                return ExitCodes.Success;
            }
        });
        return verb;
    }
}
