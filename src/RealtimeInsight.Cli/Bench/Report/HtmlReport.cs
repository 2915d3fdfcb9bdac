using System.Globalization;
using System.Text;

namespace RealtimeInsight.Cli.Bench.Report;

/// <summary>The figures of a run as one page that holds everything it shows.</summary>
internal static class HtmlReport
{
    private const string Style = """
        body{font:15px/1.5 system-ui,sans-serif;color:#1f2937;background:#fff;max-width:1100px;margin:2em auto;padding:0 1em}
        h1{font-size:1.6em}h2{margin-top:2em;border-bottom:1px solid #e5e7eb}table{border-collapse:collapse;margin:.8em 0}
        td,th{padding:.15em .8em .15em 0;text-align:left;vertical-align:middle}td.n{text-align:right;font-variant-numeric:tabular-nums}
        .m{color:#6b7280}.yes{color:#047857}.no{color:#b91c1c}svg text{font-size:12px;fill:#374151}svg text.title{font-weight:600}
        svg .axis{stroke:#d1d5db}svg .range{stroke:#111827;stroke-width:2}svg circle{fill:#2563eb}code{background:#f3f4f6;padding:0 .3em}
        """;

    public static string Write(IReadOnlyList<BenchResult> results, BenchMachine machine, DateTimeOffset at, TimeSpan elapsed)
    {
        var page = new StringBuilder("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>RealtimeInsight bench</title>")
            .Append($"<meta name=\"viewport\" content=\"width=device-width\"><style>{Style}</style></head><body>")
            .Append("<h1>RealtimeInsight: what it does on this machine</h1>")
            .Append(CultureInfo.InvariantCulture, $"<p>{SvgPlot.Text(machine.ToString())}<br>{at:yyyy-MM-dd HH:mm} UTC, ")
            .Append(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0} s, made by <code>insight bench all</code>. ")
            .Append("Medians of the runs with their spread. Figures compare with each other, not with another machine's; ")
            .Append("on a machine that others use, compare processor times.</p>");
        WriteGoals(page, results);
        WriteOverview(page, results);
        foreach (var result in results) WriteScenario(page, result);
        return page.Append("</body></html>\n").ToString();
    }

    private static void WriteGoals(StringBuilder page, IReadOnlyList<BenchResult> results)
    {
        page.Append("<h2>Goals</h2><p class=\"m\">Of two cores that nothing else uses, and of default sizes.</p>")
            .Append("<table><tr><th>scenario</th><th>figure</th><th>measured</th><th>goal</th><th></th></tr>");
        foreach (var goal in BenchGoal.All)
        {
            var report = results.FirstOrDefault(result => result.IsComplete && result.Scenario.Name == goal.Scenario)?.Report;
            if (report?.Median(goal.Figure) is not { } value) continue;
            var isReached = goal.IsReached(value);
            page.Append($"<tr><td>{goal.Scenario}</td><td>{goal.Figure}</td><td class=\"n\">{BenchContext.Short(value)}</td>")
                .Append($"<td>{goal}</td><td class=\"{(isReached ? "yes" : "no")}\">{(isReached ? "reached" : "not reached")}</td></tr>");
        }

        page.Append("</table>");
    }

    private static void WriteOverview(StringBuilder page, IReadOnlyList<BenchResult> results)
    {
        var rows = results.Where(static result => result.IsComplete)
            .SelectMany(static result => result.Report.Figures.Select(figure => (result.Scenario, Figure: figure)))
            .Where(static row => row.Figure.Name.EndsWith("events_per_second", StringComparison.Ordinal)
                || row.Figure.Name.StartsWith("events_per_second", StringComparison.Ordinal))
            .Select(static row => ($"{row.Scenario.Name} {row.Figure.Name}", row.Figure)).ToArray();
        if (rows.Length > 0) page.Append($"<h2>Events a second</h2>{SvgPlot.Bars(rows)}");
    }

    private static void WriteScenario(StringBuilder page, BenchResult result)
    {
        page.Append($"<h2>{result.Scenario.Name}</h2><p>{SvgPlot.Text(result.Scenario.Summary)}</p>");
        if (!result.IsComplete)
        {
            page.Append($"<p class=\"no\">{(result.Missing is null ? "Failed" : "Did not run")}: {SvgPlot.Text(result.Problem!)}</p>");
            return;
        }

        page.Append("<table>");
        foreach (var figure in result.Report.Figures) WriteFigure(page, figure);
        page.Append("</table>");
        var latencies = result.Report.Figures.Where(static figure =>
            figure.Name.StartsWith('p') && figure.Name.EndsWith("_ms", StringComparison.Ordinal)).ToArray();
        if (latencies.Length > 1) page.Append(SvgPlot.Bars([.. latencies.Select(static figure => (figure.Name, figure))]));
        foreach (var table in result.Report.Tables) WriteTable(page, table);
        foreach (var note in result.Report.Notes) page.Append($"<p class=\"m\">{SvgPlot.Text(note)}</p>");
    }

    private static void WriteFigure(StringBuilder page, BenchFigure figure)
    {
        var range = figure.Runs > 1 ? $"{BenchContext.Short(figure.Min)} to {BenchContext.Short(figure.Max)}" : "";
        page.Append($"<tr><td>{SvgPlot.Text(figure.Name)}</td><td class=\"n\">{BenchContext.Short(figure.Median)}</td>")
            .Append($"<td>{SvgPlot.Spread(figure)}</td><td class=\"m\">{range}</td>")
            .Append($"<td class=\"m\">{SvgPlot.Text(figure.Meaning)}</td></tr>");
    }

    private static void WriteTable(StringBuilder page, BenchTable table)
    {
        var repeats = table.Rows.GroupBy(static row => row[0]).Any(static group => group.Count() > 1);
        var hasSeries = table.Columns.Count > 2 && repeats;
        var x = hasSeries ? 1 : 0;
        page.Append($"<h3>{SvgPlot.Text(table.Name)}</h3><div>");
        for (var y = x + 1; y < table.Columns.Count; y++) page.Append(SvgPlot.Lines(table, x, y, hasSeries));
        page.Append("</div><table><tr>");
        foreach (var column in table.Columns) page.Append($"<th>{SvgPlot.Text(column)}</th>");
        page.Append("</tr>");
        foreach (var row in table.Rows)
        {
            page.Append("<tr>");
            foreach (var cell in row) page.Append($"<td class=\"n\">{BenchContext.Short(cell)}</td>");
            page.Append("</tr>");
        }

        page.Append("</table>");
    }
}
