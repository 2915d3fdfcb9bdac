using System.Globalization;
using System.Text;
using RealtimeInsight.Host.Learning;
using RealtimeInsight.Inference.Lifecycle;
using RealtimeInsight.Inference.Monitoring;
using static RealtimeInsight.Cli.Models.Report.ModelPlots;

namespace RealtimeInsight.Cli.Models.Report;

/// <summary>What is reported.</summary>
/// <param name="From">Address or folder that it was read from.</param>
/// <param name="Importance">Null where it cannot be had; then <paramref name="NoImportance"/> says why.</param>
/// <param name="NextItem">How live recommendations did; null where there are none.</param>
internal sealed record ModelReportData(
    string From, DateTimeOffset At, ModelListing Listing, ModelWatch Watch, Importance? Importance, string NoImportance,
    ItemsAnswer? NextItem);

/// <summary>One page that holds everything it shows.</summary>
internal static class ModelReportPage
{
    private const int InputsShown = 20;

    private const string Style = """
        body{font:15px/1.5 system-ui,sans-serif;color:#1f2937;background:#fff;max-width:1100px;margin:2em auto;padding:0 1em}
        h1{font-size:1.6em}h2{margin-top:2em;border-bottom:1px solid #e5e7eb}table{border-collapse:collapse;margin:.8em 0}
        td,th{padding:.15em .9em .15em 0;text-align:left;vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}
        .m{color:#6b7280}.no{color:#b91c1c}svg{margin:.4em 1em .4em 0}svg text{font-size:12px;fill:#374151}svg text.title{font-weight:600}
        .axis{stroke:#d1d5db}.diagonal{stroke:#9ca3af;stroke-dasharray:4 3}.line{fill:none;stroke:#2563eb;stroke-width:2}
        circle{fill:#2563eb}rect{fill:#2563eb;opacity:.75}rect.far{fill:#dc2626}
        """;

    public static string Write(ModelReportData data)
    {
        var page = new StringBuilder("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Append("<title>RealtimeInsight models</title>")
            .Append($"<meta name=\"viewport\" content=\"width=device-width\"><style>{Style}</style></head><body>")
            .Append("<h1>Models: what their scores turned out to be worth</h1>")
            .Append(CultureInfo.InvariantCulture, $"<p class=\"m\">{Text(data.From)}, {data.At:yyyy-MM-dd HH:mm} UTC. ")
            .Append("Live figures are by the customers' own outcomes over the last one to two windows of ")
            .Append(CultureInfo.InvariantCulture, $"{data.Watch.OutcomeWindow.TotalDays:0.##} days of event time.</p>");
        foreach (var problem in data.Listing.Problems) page.Append($"<p class=\"no\">{Text(problem)}</p>");
        if (data.Watch.Versions.Count == 0) page.Append("<p>No model has scored anything yet.</p>");
        foreach (var version in data.Watch.Versions) WriteVersion(page, version, data.Listing);
        if (data.NextItem is { } next)
        {
            page.Append("<h2>Next item, recommended from the stream</h2><p>").Append(next.Judged > 0 ? Of(next) : "Nothing judged yet.")
                .Append($"</p><p class=\"m\">{next.Known} items are known. Each list was made before its item came.</p>");
        }

        WriteImportance(page, data);
        WriteWaiting(page, data.Watch);
        return page.Append("</body></html>\n").ToString();
    }

    public static string Of(ItemsAnswer next) =>
        $"HR@20 {Figure(next.HitRate)}, MRR@20 {Figure(next.Mrr)} over {next.Judged} lists that were recommended before the next item";

    private static void WriteVersion(StringBuilder page, VersionWatch version, ModelListing listing)
    {
        var listed = listing.Versions.FirstOrDefault(one => one.Version == version.Version);
        var role = listed?.Role is { } known ? $", {known.ToString().ToLowerInvariant()}" : ", serves nobody now";
        page.Append($"<h2>{Text(version.Model)}{role}</h2><table><tr><th></th><th>outcomes</th><th>base rate</th><th>mean score</th>")
            .Append("<th>AUC</th><th>in training</th><th>log loss</th><th>in training</th><th>Brier</th><th>in training</th>")
            .Append("<th>calibration error</th><th>since</th></tr>");
        foreach (var head in version.Heads)
        {
            var trained = head.Trained ?? listed?.Metrics?.GetValueOrDefault(head.Head);
            var live = head.Live;
            page.Append($"<tr><td>{Text(head.Head)}</td>{Cell(live?.N.ToString(CultureInfo.InvariantCulture) ?? "0")}")
                .Append($"{Cell(Figure(live?.BaseRate))}{Cell(Figure(live?.MeanScore))}{Cell(Auc(live))}{Cell(Figure(trained?.Auc))}")
                .Append($"{Cell(Figure(live?.LogLoss))}{Cell(Figure(trained?.LogLoss))}{Cell(Figure(live?.Brier))}")
                .Append($"{Cell(Figure(trained?.Brier))}{Cell(Figure(live?.CalibrationError))}")
                .Append($"<td class=\"m\">{head.Since?.ToString() ?? "no outcome yet"}</td></tr>");
        }

        page.Append("</table><p class=\"m\">AUC ± its standard error. It comes from 2,048 bins; the exact area differs by at most ")
            .Append($"{Figure(version.Heads.Max(static head => head.Live?.AucError ?? 0))}.</p><div>");
        foreach (var head in version.Heads)
        {
            if (head.Live is { } live) page.Append(Reliability(head.Head, live.Reliability));
        }

        page.Append("</div>");
        WritePaired(page, version);
        if (version.Drift is { } drift) WriteDrift(page, drift);
        else page.Append("<p class=\"m\">No drift: it has no reference, has not served lately, or was read from a folder.</p>");
    }

    private static void WritePaired(StringBuilder page, VersionWatch version)
    {
        foreach (var head in version.Heads)
        {
            if (head.AgainstServing is not { } against) continue;
            var verdict = against switch
            {
                { To: < 0 } => "better",
                { From: > 0 } => "worse",
                _ => "no difference shown",
            };
            page.Append($"<p>{Text(head.Head)} as a shadow: log loss {Signed(against.LogLossDifference)} against who served ")
                .Append($"({Signed(against.From)} to {Signed(against.To)}, {against.N} outcomes): {verdict}.</p>");
        }
    }

    private static void WriteDrift(StringBuilder page, DriftWatch drift)
    {
        var scores = drift.Scores.Where(static one => one.Psi is not null).Select(static one => ($"score: {one.Name}", one.Psi!.Value, ""));
        var inputs = drift.Inputs.Where(static one => one.Psi is not null).OrderByDescending(static one => one.Psi).Take(InputsShown)
            .Select(static one => (one.Name, one.Psi!.Value, one.OutOfRange > 0.001 ? $"({Figure(one.OutOfRange)} out of range)" : ""));
        var far = drift.Inputs.Count(static one => one.Psi > InputDrift.Far);
        page.Append($"<h3>Traffic against the training data</h3><p class=\"m\">{drift.Samples} events. Population stability index; ")
            .Append(CultureInfo.InvariantCulture, $"{far} of {drift.Inputs.Count} inputs are beyond {InputDrift.Far}, a large shift.</p>")
            .Append(Bars("scores, and the inputs that moved most", [.. scores, .. inputs], InputDrift.Far))
            .Append("<table><tr><th>field</th><th>missing</th><th>in training</th></tr>");
        foreach (var field in drift.Missing)
        {
            page.Append($"<tr><td>{Text(field.Field)}</td>{Cell(Figure(field.Rate))}{Cell(Figure(field.Trained))}</tr>");
        }

        page.Append("</table>");
    }

    private static void WriteImportance(StringBuilder page, ModelReportData data)
    {
        page.Append("<h2>What the scores are made of</h2>");
        if (data.Importance is not { } importance)
        {
            page.Append($"<p class=\"m\">{Text(data.NoImportance)}</p>");
            return;
        }

        page.Append($"<p class=\"m\">{Text(importance.Model)}: mean size of the exact Shapley values of each part of the input over ")
            .Append($"{importance.Customers} customers with an open cart or a recent session; in brackets the mean with its sign.</p>");
        foreach (var head in importance.Parts.GroupBy(static part => part.Head))
        {
            page.Append(Bars(head.Key, [.. head.OrderByDescending(static part => part.Size)
                .Select(static part => (part.Group.Replace('_', ' '), part.Size, $"({Signed(part.Mean)})"))]));
        }
    }

    private static void WriteWaiting(StringBuilder page, ModelWatch watch)
    {
        page.Append("<h2>Still open</h2><table><tr><th>head</th><th>wait for their outcome</th><th>part followed</th><th>let go</th></tr>");
        foreach (var head in watch.Waiting)
        {
            page.Append($"<tr><td>{Text(head.Head)}</td>{Cell($"{head.Open}")}{Cell(Figure(head.Share))}{Cell($"{head.Unfollowed}")}</tr>");
        }

        page.Append("</table>");
    }

    private static string Auc(QualityFigures? live) =>
        live?.Auc is null ? "–" : $"{Figure(live.Auc)} ± {Figure(live.AucSpread)}";

    private static string Signed(double? value) => value?.ToString("+0.0000;-0.0000", CultureInfo.InvariantCulture) ?? "–";

    private static string Cell(string text) => $"<td class=\"n\">{Text(text)}</td>";
}
