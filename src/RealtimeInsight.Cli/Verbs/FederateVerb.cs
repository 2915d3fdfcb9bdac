using System.CommandLine;
using RealtimeInsight.Cli.Training;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight federate</c>: several shops train one model, and none shows its events to another.</summary>
public static class FederateVerb
{
    /// <param name="root">Folder of the repository, which holds the training scripts; null where it is not known.</param>
    /// <param name="python">The interpreter to train with; null: one that has the packages is looked for.</param>
    public static Command Create(CliConsole console, string? root, string? python)
    {
        ArgumentNullException.ThrowIfNull(console);
        var verb = new Verb(
            "federate",
            "Train one model for several shops by federated averaging: a round takes from each shop a change of the weights, cut to a "
            + "greatest length, and adds noise. Reports the privacy budget. insight features --shops N parts one export into shops. Needs "
            + "Python 3 with PyTorch, scikit-learn, onnx.",
            "insight federate shops/north shops/south --out models --rounds 10",
            "insight federate shops/* --out models --clip 0.5 --noise 1 --share heads",
            "insight federate shops/north shops/south --out models --compare --json");
        var arguments = new FederateArguments(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            var work = Directory.CreateTempSubdirectory("insight-federate-");
            try
            {
                var settings = arguments.Read(parsed, work.FullName);
                return await new FederateJob(console).RunAsync(settings, root, python, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                work.Delete(recursive: true);
            }
        });
        return verb;
    }
}
