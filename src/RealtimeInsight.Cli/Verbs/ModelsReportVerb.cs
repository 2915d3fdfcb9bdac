using System.CommandLine;
using RealtimeInsight.Cli.Models;
using RealtimeInsight.Cli.Models.Report;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight models report</c>: live quality, drift and importance as one page.</summary>
internal static class ModelsReportVerb
{
    private const int CustomersDefault = 100;
    private const int CustomersMax = 1_000;

    public static Command Create(CliConsole console)
    {
        var output = new Option<string>("--out")
        {
            HelpName = "FILE",
            Description = "The page to write",
            DefaultValueFactory = static _ => "models-report.html",
        };
        var customers = new Option<int>("--customers")
        {
            HelpName = "N",
            Description = "Customers whose scores are explained, for what the scores are made of; 0 for none",
            DefaultValueFactory = static _ => CustomersDefault,
        };
        var verb = new Verb(
            "report",
            "Write a page about the models: live AUC, log loss, Brier score and calibration by the customers' own outcomes, drift "
            + "against the training data, and what the scores are made of. A running engine tells all of it; its folder what was "
            + "counted when it ended.",
            "insight models report --url http://127.0.0.1:8080 --out models.html",
            "insight models report --data-dir .data --json")
        {
            output, customers,
        };
        var place = new ModelPlace(verb);
        verb.SetAction((parsed, cancellationToken) =>
        {
            var count = parsed.GetValue(customers);
            if (count is < 0 or > CustomersMax) throw CliException.Usage($"--customers {count}: give 0 to {CustomersMax}");
            var target = place.Read(parsed);
            var job = new ModelReportJob(console, parsed.GetValue(output)!, count);
            return new ModelsJob(console).RunAsync(target, desk => job.RunAsync(target, desk, cancellationToken), cancellationToken);
        });
        return verb;
    }
}
