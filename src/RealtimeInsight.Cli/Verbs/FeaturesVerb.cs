using System.CommandLine;
using RealtimeInsight.Cli.Features;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight features</c>: writes the arrays that training reads, computed by the code that serves.</summary>
public static class FeaturesVerb
{
    public static Command Create(CliConsole console)
    {
        ArgumentNullException.ThrowIfNull(console);
        var output = new Option<string>("--out")
        {
            Required = true,
            HelpName = "DIR",
            Description = $"Folder for the arrays and {FeatureSet.FileName}; files of an earlier run in it are replaced",
        };
        var options = new SourceArguments();
        var verb = new Verb(
            "features",
            "Write the arrays that training reads: every event goes through the customers' own state machine, and the features that the "
            + "engine would score are written, with labels of what came after.",
            "insight features --out features",
            "insight features --data ../shared/data --out features --customers 2000")
        {
            output,
        };
        options.AddTo(verb);
        verb.SetAction((parsed, cancellationToken) =>
        {
            var set = new FeatureJob(console).Run(options.Read(parsed, parsed.GetRequiredValue(output)), cancellationToken);
            foreach (var source in set.Sources)
            {
                console.Out.WriteLine($"{source.Name}: {source.Rows} rows, {source.Customers} customers, {source.From} to {source.To}");
            }

            console.Out.WriteLine($"written: {set.Rows} rows, feature schema {set.FeatureSchemaHash}, digest {set.Digest}");
            return Task.FromResult(ExitCodes.Success);
        });
        return verb;
    }
}
