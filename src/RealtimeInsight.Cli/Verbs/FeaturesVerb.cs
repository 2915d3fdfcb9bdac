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
        var shops = new Option<int?>("--shops")
        {
            HelpName = "N",
            Description = "Part the export into at most N shops, each in DIR/SHOP, to be trained together by: insight federate DIR/*",
        };
        var shopsBy = new Option<string?>("--shops-by")
        {
            HelpName = "COLUMN",
            Description = "A shop for each of the commonest values of this column at a customer's first event, and one for the others "
                + "(default: by a hash of the customer's id)",
        };
        var options = new SourceArguments();
        var verb = new Verb(
            "features",
            "Write the arrays that training reads: every event goes through the customers' own state machine, and the features that the "
            + "engine would score are written, with labels of what came after.",
            "insight features --out features",
            "insight features --data ../shared/data --out features --customers 2000",
            "insight features --format csv --mapping mapping.json --data export.csv --out shops --shops 8 --shops-by country")
        {
            output, shops, shopsBy,
        };
        options.AddTo(verb);
        verb.SetAction((parsed, cancellationToken) =>
        {
            var settings = (options.Read(parsed, parsed.GetRequiredValue(output)) with
            {
                Shops = parsed.GetValue(shops),
                ShopsBy = parsed.GetValue(shopsBy),
            }).Checked();
            if (settings.Shops is not null)
            {
                foreach (var (name, shop) in new FeatureJob(console).RunShops(settings, cancellationToken))
                {
                    console.Out.WriteLine($"{Path.Combine(settings.Out, name)}: {shop.Rows} rows, {shop.Sequences} customers");
                }

                return Task.FromResult(ExitCodes.Success);
            }

            var set = new FeatureJob(console).Run(settings, cancellationToken);
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
