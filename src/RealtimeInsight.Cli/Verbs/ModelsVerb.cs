using System.CommandLine;
using System.Globalization;
using RealtimeInsight.Cli.Models;
using RealtimeInsight.Cli.Operate;
using RealtimeInsight.Host;
using RealtimeInsight.Host.Models;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight models</c>: which model versions there are, and who serves.</summary>
public static class ModelsVerb
{
    /// <summary>Where the admin key is looked for when it is not on the command line.</summary>
    public const string KeyVariable = "INSIGHT_KEY";

    public static Command Create(CliConsole console)
    {
        ArgumentNullException.ThrowIfNull(console);
        var verb = new Verb(
            "models",
            "Which model versions there are and what each does. With --url it speaks to a running engine, which goes on serving; without, "
            + "it works on the folders of an engine that does not run. Each change is checked, warmed up and kept before it is in effect.",
            "insight models list",
            "insight models register .data/models/behaviour/2 --url http://127.0.0.1:8080",
            "insight models share 2 10 --url http://127.0.0.1:8080");
        verb.Subcommands.Add(Simple(
            console, "list", "The versions, their roles, how they did in training and how a shadow compares.", "insight models list --json",
            (desk, cancellationToken) => desk.ListAsync(cancellationToken)));
        verb.Subcommands.Add(Register(console));
        verb.Subcommands.Add(WithVersion(
            console, "promote", "Make a version the champion.", "insight models promote 2", ModelAction.Promote, hasShare: false));
        verb.Subcommands.Add(Simple(
            console, "rollback", "Make the champion before the champion again.", "insight models rollback",
            (desk, cancellationToken) => desk.ChangeAsync(new ModelChange(ModelAction.Rollback), cancellationToken)));
        verb.Subcommands.Add(WithVersion(
            console, "share", "Let a version score a share of the customers, always the same ones; 0 ends it.", "insight models share 2 10",
            ModelAction.Share, hasShare: true));
        verb.Subcommands.Add(WithVersion(
            console, "shadow", "Let a version score a share of the customers without effect, to be compared; 0 ends it.",
            "insight models shadow 2 100", ModelAction.Shadow, hasShare: true));
        verb.Subcommands.Add(ModelsReportVerb.Create(console));
        verb.Subcommands.Add(EnginePlace.Verb(
            console, new Verb("corrections", "How outcomes correct a running engine's scores, by version and head.",
                "insight models corrections --json"),
            static (_, client, stop) => client.GetAsync("/v1/models/corrections", stop),
            static (answer, output) => AnswerText.Whole(answer, output)));
        verb.Subcommands.Add(EnginePlace.Verb(
            console, new Verb("reset-corrections", "Back to the probabilities that the models were trained to give.",
                "insight models reset-corrections --url http://127.0.0.1:8080"),
            static (_, client, stop) => client.PostAsync("/v1/models/corrections/reset", "", "application/json", stop),
            static (answer, output) => AnswerText.Whole(answer, output)));
        verb.Subcommands.Add(ModelsReferenceVerb.Create(console));
        return verb;
    }

    private static Verb Simple(
        CliConsole console, string name, string description, string example,
        Func<IModelDesk, CancellationToken, Task<Inference.Lifecycle.ModelListing>> ask)
    {
        var verb = new Verb(name, description, example, $"{example.Replace(" --json", "")} --url http://127.0.0.1:8080");
        var place = new ModelPlace(verb);
        verb.SetAction((parsed, cancellationToken) => new ModelsJob(console).RunAsync(place.Read(parsed), ask, cancellationToken));
        return verb;
    }

    private static Verb WithVersion(
        CliConsole console, string name, string description, string example, ModelAction action, bool hasShare)
    {
        var version = new Argument<string>("VERSION") { Description = "A version that 'insight models list' shows" };
        var share = new Argument<double>("PERCENT") { Description = "Share of the customers, 0 to 100" };
        var verb = new Verb(name, description, example, $"{example} --url http://127.0.0.1:8080") { version };
        if (hasShare) verb.Arguments.Add(share);
        var place = new ModelPlace(verb);
        verb.SetAction((parsed, cancellationToken) =>
        {
            double? fraction = hasShare ? Fraction(parsed.GetValue(share)) : null;
            var change = new ModelChange(action, parsed.GetValue(version), fraction);
            return new ModelsJob(console).RunAsync(place.Read(parsed), (desk, stop) => desk.ChangeAsync(change, stop), cancellationToken);
        });
        return verb;
    }

    private static Verb Register(CliConsole console)
    {
        var folder = new Argument<string>("DIR") { Description = "Folder with model.json, step.onnx and fold.onnx" };
        var verb = new Verb(
            "register",
            "Check a version (digest, feature schema, warm-up, speed) and keep it with the engine; it serves nobody yet.",
            "insight models register .data/models/behaviour/2",
            "insight models register models/behaviour/2 --url https://insight.internal --key \"$KEY\"")
        {
            folder,
        };
        var place = new ModelPlace(verb);
        verb.SetAction((parsed, cancellationToken) =>
        {
            ModelFiles files;
            try
            {
                files = ModelRepository.ReadFiles(parsed.GetValue(folder)!);
            }
            catch (ModelRefusedException problem)
            {
                throw CliException.Usage(problem.Message);
            }

            return new ModelsJob(console).RunAsync(place.Read(parsed), (desk, stop) => desk.RegisterAsync(files, stop), cancellationToken);
        });
        return verb;
    }

    private static double Fraction(double percent) => percent is >= 0 and <= 100
        ? percent / 100
        : throw CliException.Usage(string.Create(CultureInfo.InvariantCulture, $"PERCENT is {percent}; give 0 to 100"));
}
